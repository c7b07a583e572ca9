package org.plumbline.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

class NpyFileTest {
    @TempDir Path folder;

    @Test
    void floatsComeBackBitForBit() throws IOException {
        float[] values = new float[40_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, FloatTensor.of(values, 100, 4, 10, 10));

        FloatTensor read = NpyFile.readFloats(file);

        assertThat(read.shape()).containsExactly(100, 4, 10, 10);
        assertThat(read.values()).containsExactly(values);
        assertThat(Files.size(file) % 64).isZero();
    }

    @Test
    void wholeNumbersComeBack() throws IOException {
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, new long[] {3, -1, Long.MAX_VALUE});

        assertThat(NpyFile.readLongs(file)).containsExactly(3, -1, Long.MAX_VALUE);
    }

    @Test
    void anEmptyArrayComesBack() throws IOException {
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, FloatTensor.zeros(0, 3));

        assertThat(NpyFile.readFloats(file).shape()).containsExactly(0, 3);
    }

    @ParameterizedTest
    @CsvSource({"<f8,8", "<i4,4", "<i8,8", "|u1,1", "|b1,1"})
    void otherElementTypesAreConverted(String descr, int width) throws IOException {
        ByteBuffer body = ByteBuffer.allocate(2 * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2; i++) {
            switch (descr) {
                case "<f8" -> body.putDouble(i);
                case "<i4" -> body.putInt(i);
                case "<i8" -> body.putLong(i);
                default -> body.put((byte) i);
            }
        }
        Path file = npy(header(descr, "False", "(2,)"), body.array());

        assertThat(NpyFile.readFloats(file).values()).containsExactly(0f, 1f);
        assertThat(NpyFile.readLongs(file)).containsExactly(0, 1);
    }

    @Test
    void fractionsAreNoWholeNumbers() throws IOException {
        Path file = folder.resolve("a.npy");
        NpyFile.write(file, FloatTensor.of(new float[] {0.5f}, 1));

        assertThatThrownBy(() -> NpyFile.readLongs(file)).hasMessageContaining("whole numbers");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "<f4;True;(2,);Fortran order",
                "<c8;False;(2,);dtype <c8",
                ">f4;False;(2,);dtype >f4",
                "<f4;False;(3,);truncated",
                "<f4;False;(99999999999,);2^31",
                "<f4;False;(2147483647,);at most"
            })
    void otherFormsAreRefused(String descr, String fortran, String shape, String reason)
            throws IOException {
        Path file = npy(header(descr, fortran, shape), new byte[8]);

        assertThatThrownBy(() -> NpyFile.readFloats(file))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA))
                .hasMessageContaining("x.npy")
                .hasMessageContaining(reason);
    }

    @Test
    void textTruncationAndAMissingFileAreRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("x.npy"), "hello, world");
        assertThatThrownBy(() -> NpyFile.readFloats(text)).hasMessageContaining("NumPy header");

        Path whole = folder.resolve("whole.npy");
        NpyFile.write(whole, FloatTensor.zeros(100));
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.npy"), Arrays.copyOf(bytes, 200));
        assertThatThrownBy(() -> NpyFile.readFloats(cut)).hasMessageContaining("cut.npy");

        assertThatThrownBy(() -> NpyFile.readLongs(folder.resolve("none.npy")))
                .hasMessageContaining("none.npy");
        assertThatThrownBy(() -> NpyFile.readLongs(matrix())).hasMessageContaining("one axis");
    }

    private Path matrix() throws IOException {
        Path file = folder.resolve("matrix.npy");
        NpyFile.write(file, FloatTensor.zeros(2, 2));
        return file;
    }

    private static String header(String descr, String fortran, String shape) {
        return "{'descr': '"
                + descr
                + "', 'fortran_order': "
                + fortran
                + ", 'shape': "
                + shape
                + ", }";
    }

    private Path npy(String header, byte[] body) throws IOException {
        byte[] text = (header + "\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file =
                ByteBuffer.allocate(10 + text.length + body.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                        .putShort((short) text.length)
                        .put(text)
                        .put(body);
        return Files.write(folder.resolve("x.npy"), file.array());
    }
}
