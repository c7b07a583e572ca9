package org.plumbline.core.explain;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.GaussianBlur;

import java.util.Arrays;

/**
 * The share of a heat map that lies on an artifact: {@code sum |R M| / (sum |R| + 1e-10)} with the
 * enlarged mask {@code M}.
 *
 * <p>Source: frederikpahde/rrclarc, {@code experiments/evaluation/artifact_relevance.py}.
 */
public final class ArtifactRelevance {
    private static final double CORE = 0.1;
    private static final double EDGE = 0.3;
    private static final double EPSILON = 1e-10;

    private ArtifactRelevance() {}

    /**
     * Returns masks with a margin: what exceeds a tenth of the largest value, blurred, and of that
     * what exceeds 0.3 of the largest. An empty mask stays empty.
     *
     * @param masks {@code [n, h, w]}, at least 0, at least 2 pixels along each axis
     * @return 0 or 1, {@code [n, h, w]}
     */
    public static FloatTensor enlarged(FloatTensor masks) {
        if (masks.rank() != 3 || masks.extent(1) < 2 || masks.extent(2) < 2) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "mask", masks, "[n, h, w] of at least 2 x 2 pixels");
        }
        int size = masks.rowSize();
        float[] out = new float[masks.values().length];
        for (int i = 0; i < masks.rows(); i++) {
            double[] mask = new double[size];
            for (int p = 0; p < size; p++) {
                mask[p] = masks.values()[i * size + p];
            }
            double[] core = above(mask, CORE);
            double[] edge = above(GaussianBlur.of(core, masks.extent(1), masks.extent(2)), EDGE);
            for (int p = 0; p < size; p++) {
                out[i * size + p] = (float) edge[p];
            }
        }
        return FloatTensor.of(out, masks.shape());
    }

    /** Returns 1 where a value exceeds a share of the largest one, else 0. */
    private static double[] above(double[] values, double share) {
        double largest = Arrays.stream(values).max().orElse(0);
        return Arrays.stream(values).map(v -> v / largest > share ? 1 : 0).toArray();
    }

    /**
     * Returns the share of every map that lies inside its mask, in [0, 1].
     *
     * @param maps {@code [n, h, w]}
     * @param enlarged 0 or 1, {@code [n, h, w]}
     */
    public static double[] shares(FloatTensor maps, FloatTensor enlarged) {
        if (!Arrays.equals(maps.shape(), enlarged.shape())) {
            throw AuditException.of(ErrorCode.BAD_DATA, "mask", enlarged, "the shape of " + maps);
        }
        double[] shares = new double[maps.rows()];
        int size = maps.rowSize();
        for (int i = 0; i < shares.length; i++) {
            double inside = 0;
            double all = 0;
            for (int p = i * size; p < (i + 1) * size; p++) {
                double r = Math.abs(maps.values()[p]);
                all += r;
                inside += r * enlarged.values()[p];
            }
            shares[i] = inside / (all + EPSILON);
        }
        return shares;
    }
}
