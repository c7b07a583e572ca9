package org.plumbline.worker.dataset;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.Problems;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Image files as one tensor. Thread-safe. */
final class DecodedImages {
    private DecodedImages() {}

    /**
     * Returns {@code [n, c, h, w]}; files that are no images are problems.
     *
     * @param files of the rows; an empty one leaves zeros
     * @param list what names the files, for messages
     */
    static Optional<FloatTensor> of(
            List<Optional<Path>> files, Preprocess preprocess, String list, Problems problems) {
        long row = (long) preprocess.channels() * preprocess.height() * preprocess.width();
        long free = Runtime.getRuntime().maxMemory();
        if (row * files.size() > Math.min(Integer.MAX_VALUE - 8L, free / Float.BYTES)) {
            problems.add(
                    list,
                    row * files.size() + " values",
                    "at most " + free + " bytes and 2^31 values");
            return Optional.empty();
        }
        float[] values = new float[(int) row * files.size()];
        ImageReader reader = new ImageReader(preprocess);
        for (int i = 0; i < files.size(); i++) {
            if (files.get(i).isPresent()) {
                Path file = files.get(i).get();
                try {
                    reader.read(file, values, i * (int) row);
                } catch (IOException e) {
                    problems.add(
                            list + " row " + (i + 1),
                            file.getFileName() + ": " + e.getMessage(),
                            "a PNG or JPEG image");
                }
            }
        }
        return Optional.of(
                FloatTensor.of(
                        values,
                        files.size(),
                        preprocess.channels(),
                        preprocess.height(),
                        preprocess.width()));
    }
}
