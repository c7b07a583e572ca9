package org.plumbline.worker;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Tiny data sets on disk. */
public final class SmallData {
    private SmallData() {}

    /** Writes 8 rows of {@code [1, 2, 2]}: 4 training, 4 test; concept {@code stamp}. */
    public static Path tensors(Path folder) throws IOException {
        Files.createDirectories(folder);
        float[] values = new float[8 * 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 8f;
        }
        NpyFile.write(folder.resolve("inputs.npy"), FloatTensor.of(values, 8, 1, 2, 2));
        NpyFile.write(folder.resolve("labels.npy"), new long[] {0, 1, 2, 0, 0, 1, 2, 1});
        NpyFile.write(folder.resolve("split.npy"), new long[] {0, 0, 0, 0, 2, 2, 2, 2});
        NpyFile.write(folder.resolve("concept_stamp.npy"), new long[] {1, 0, 1, 0, 1, 0, 1, 0});
        return folder;
    }

    /** Returns a zip of a folder's files. */
    public static byte[] zip(Path folder) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                Stream<Path> files = Files.walk(folder)) {
            List<Path> regular = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : regular) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
                Files.copy(file, zip);
            }
        }
        return bytes.toByteArray();
    }

    /** Returns a zip of texts by entry name. */
    public static byte[] zip(Map<String, String> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }
}
