package org.plumbline.plugin.embedded;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.fixture.ModelFolders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Images whose columns are equal in pairs: the fixture's, moved by a few rows and dimmed, so that
 * no two are the same. They span less than all images do.
 */
final class PairedImages {
    private static final int SIDE = 28;
    private static final int STEP = 5;

    private PairedImages() {}

    /** Returns images {@code [n, 3, 28, 28]}; another {@code from} gives others. */
    static FloatTensor of(int from, int count) {
        FloatTensor base = ModelFolders.images("without.npy");
        int size = base.rowSize();
        float[] values = new float[count * size];
        for (int i = 0; i < count; i++) {
            int number = from + i;
            int source = number * STEP % base.rows() * size;
            int shift = number / base.rows() % 7 - 3;
            float dim = 1 - 0.02f * (number % 17);
            for (int at = 0; at < size; at++) {
                int column = at % SIDE / 2 * 2;
                int row = Math.floorMod(at / SIDE % SIDE + shift, SIDE);
                int line = source + at / (SIDE * SIDE) * SIDE * SIDE + row * SIDE;
                values[i * size + at] =
                        dim * (base.values()[line + column] + base.values()[line + column + 1]) / 2;
            }
        }
        return FloatTensor.of(values, count, 3, SIDE, SIDE);
    }

    /** Writes images as a file. */
    static void write(Path file, int from, int count) {
        try {
            NpyFile.write(file, of(from, count));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
