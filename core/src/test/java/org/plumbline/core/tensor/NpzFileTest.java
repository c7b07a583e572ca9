package org.plumbline.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

class NpzFileTest {
    private static final FloatTensor ARRAY =
            FloatTensor.of(new float[] {1, -2, 3.5f, 0, 5, 6}, 2, 3);

    @TempDir private Path folder = Path.of("");

    @ParameterizedTest(name = "method {0}")
    @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
    void arraysComeBack(int method) throws Exception {
        Path file = npz(method, npy());
        assertThat(NpzFile.readFloats(file, "v", 24).sameValues(ARRAY)).isTrue();
    }

    @Test
    void arraysWrittenInBlocksComeBack() throws Exception {
        Path file = folder.resolve("blocks.npz");
        try (NpzWriter npz = NpzWriter.create(file)) {
            npz.begin("v", 2, 3);
            npz.append(ARRAY.slice(0, 1));
            npz.append(ARRAY.slice(1, 2));
            npz.end();
            npz.write("s", FloatTensor.of(new float[] {7}, 1));
        }
        assertThat(NpzFile.readFloats(file, "v", 24).sameValues(ARRAY)).isTrue();
        assertThat(NpzFile.readFloats(file, "s", 4).values()).containsExactly(7);
    }

    @Test
    void anArrayThatIsNotFilledIsRefused() throws Exception {
        try (NpzWriter npz = NpzWriter.create(folder.resolve("short.npz"))) {
            npz.begin("v", 2, 3);
            npz.append(ARRAY.slice(0, 1));
            assertThatThrownBy(npz::end).hasMessage("values missing: 3 (expected: 0)");
        }
    }

    @Test
    void arraysBeyondTheLimitAreRefused() throws Exception {
        refused(npz(ZipEntry.DEFLATED, npy()), "v", 23, "x.npz/v: shape [2, 3] (expected: at most");
    }

    @Test
    void absentArraysAreNamedWithThoseThatAreThere() throws Exception {
        refused(npz(ZipEntry.STORED, npy()), "w", 24, "x.npz/w: absent (expected: one of [s, v])");
    }

    @Test
    void damagedArraysAreRefused() throws Exception {
        Path file = npz(ZipEntry.STORED, npy());
        byte[] bytes = Files.readAllBytes(file);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("\u00c0@"); // 6.0f
        bytes[at] ^= 1;
        Files.write(file, bytes);
        refused(file, "v", 24, "x.npz/v: wrong checksum");
    }

    @Test
    void truncatedArraysAndBytesAfterThemAreRefused() throws Exception {
        byte[] whole = npy();
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        refused(npz(ZipEntry.DEFLATED, cut), "v", 24, "x.npz/v: truncated");
        refused(npz(ZipEntry.DEFLATED, longer), "v", 24, "x.npz/v: bytes after the array");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "nonsense", "PK\u0003\u0004 truncated"})
    void filesThatAreNoZipsAreRefused(String content) throws Exception {
        refused(Files.writeString(folder.resolve("x.npz"), content), "v", 24, "x.npz: ");
    }

    @Test
    void missingFilesAreRefused() {
        refused(folder.resolve("none.npz"), "v", 24, folder + "/none.npz: no such file");
    }

    private static void refused(Path file, String array, long limit, String message) {
        assertThatThrownBy(() -> NpzFile.readFloats(file, array, limit))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA))
                .hasMessageStartingWith(message);
    }

    private static byte[] npy() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        NpyFile.write(out, ARRAY);
        return out.toByteArray();
    }

    private Path npz(int method, byte[] content) throws IOException {
        Path file = folder.resolve("x.npz");
        try (OutputStream raw = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(raw)) {
            for (String name : new String[] {"s.npy", "v.npy"}) {
                ZipEntry entry = new ZipEntry(name);
                CRC32 sum = new CRC32();
                sum.update(content);
                entry.setMethod(method);
                entry.setSize(content.length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        return file;
    }
}
