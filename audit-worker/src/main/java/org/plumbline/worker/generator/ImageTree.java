package org.plumbline.worker.generator;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.dataset.ImageReader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Reads a folder with one folder of PNG or JPEG files per class; classes are numbered by name.
 * Images are resized to the size of the first. Thread-safe.
 */
public final class ImageTree {
    private ImageTree() {}

    /**
     * Reads at most {@code limit} images, drawn from all classes by the seed.
     *
     * @throws AuditException {@code BAD_DATA} if there are fewer than two classes or a file is no
     *     image
     */
    public static PictureSet read(Path folder, int limit, long seed) {
        List<Labelled> files = files(folder);
        Collections.shuffle(files, new Random(seed));
        List<Labelled> some = files.subList(0, Math.min(limit, files.size()));
        try {
            int[] size = ImageReader.size(some.get(0).file());
            ImageReader reader = ImageReader.plain(size[0], size[1], 3);
            List<Picture> images = new ArrayList<>();
            List<Integer> labels = new ArrayList<>();
            float[] values = new float[3 * size[0] * size[1]];
            for (Labelled labelled : some) {
                reader.read(labelled.file(), values, 0);
                images.add(
                        Picture.drawn(
                                3,
                                size[0],
                                size[1],
                                (c, y, x) ->
                                        Math.round(255 * values[(c * size[0] + y) * size[1] + x])));
                labels.add(labelled.label());
            }
            return new PictureSet(images, labels);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, folder + ": " + e.getMessage() + " (expected: images)", e);
        }
    }

    private record Labelled(Path file, int label) {}

    private static List<Labelled> files(Path folder) {
        List<Labelled> files = new ArrayList<>();
        List<Path> classes = entries(folder).filter(Files::isDirectory).toList();
        for (int label = 0; label < classes.size(); label++) {
            int own = label;
            entries(classes.get(label))
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .forEach(file -> files.add(new Labelled(file, own)));
        }
        if (classes.size() < 2 || files.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    String.valueOf(folder.getFileName()),
                    classes.size() + " class folders, " + files.size() + " files",
                    "one folder of images per class, at least two");
        }
        return files;
    }

    private static Stream<Path> entries(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList().stream();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, folder + ": " + e + " (expected: a folder)", e);
        }
    }
}
