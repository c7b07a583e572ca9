package org.plumbline.worker.correction.ensemble;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Mined samples in the form in which servers take a concept. */
final class MinedConcept {
    private MinedConcept() {}

    /**
     * Writes an {@code .npz} of arrays {@code positives} and {@code negatives}, {@code [n, c, h,
     * w]}.
     */
    static void write(Path file, FloatTensor positives, FloatTensor negatives) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(entry("positives.npy"));
            NpyFile.write(zip, positives);
            zip.putNextEntry(entry("negatives.npy"));
            NpyFile.write(zip, negatives);
        }
    }

    /** The same samples give the same bytes. */
    private static ZipEntry entry(String name) {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        return entry;
    }
}
