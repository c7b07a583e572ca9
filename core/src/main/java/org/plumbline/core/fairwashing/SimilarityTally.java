package org.plumbline.core.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.fairwashing.MapSimilarity.Similarity;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * How alike explanations and a target are over the batches of a data set, every batch weighing the
 * same, whatever its size. Confined to one thread.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code evaluate.py}; there {@code
 * ssim_batch_plane} is called SSIM, see {@link MapSimilarity#batch}.
 */
public final class SimilarityTally {
    private static final int WINDOW = 7;

    private final FloatTensor target;
    private final List<Double> mse = new ArrayList<>();
    private final List<Double> pcc = new ArrayList<>();
    private final List<Double> ssim = new ArrayList<>();
    private final List<Double> plane = new ArrayList<>();
    private long empty;

    /**
     * Begins without batches.
     *
     * @param target {@code [h, w]}, sums to 1
     */
    public SimilarityTally(FloatTensor target) {
        this.target = target;
    }

    /**
     * A mean over batches. Immutable.
     *
     * @param error population standard deviation over batches divided by the root of their number
     */
    public record Estimate(double mean, double error) {
        /** Returns mean and error of the values of batches; NaN of none. */
        public static Estimate of(List<Double> values) {
            double mean = values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
            double square =
                    values.stream()
                            .mapToDouble(v -> (v - mean) * (v - mean))
                            .average()
                            .orElse(Double.NaN);
            return new Estimate(mean, Math.sqrt(square / values.size()));
        }
    }

    /**
     * What a tally says. Immutable.
     *
     * @param mse mean squared difference of two pixels
     * @param pcc correlation over the pixels of a batch, in [-1, 1]
     * @param ssim structural similarity map by map, in [-1, 1]
     * @param ssimBatchPlane the same with a batch taken for one picture; empty: no batch had 7 maps
     * @param empty maps that sum to 0 and were left out
     */
    public record Summary(
            Estimate mse,
            Estimate pcc,
            Estimate ssim,
            Optional<Estimate> ssimBatchPlane,
            long empty) {}

    /**
     * Adds a batch of attributions.
     *
     * @param relevance {@code [n, c, h, w]}
     * @throws AuditException {@code BAD_DATA} if a map and the target differ in shape, or a side is
     *     shorter than 7
     */
    public void add(FloatTensor relevance) {
        FloatTensor magnitudes = HeatMaps.absolute(relevance);
        FloatTensor shares = HeatMaps.normalised(magnitudes);
        int[] whole =
                IntStream.range(0, shares.rows())
                        .filter(row -> HeatMaps.empty(magnitudes.slice(row, row + 1)) == 0)
                        .toArray();
        empty += shares.rows() - whole.length;
        if (whole.length > 0) {
            compare(shares.rows(whole));
        }
    }

    private void compare(FloatTensor maps) {
        FloatTensor wanted = repeated(maps.rows());
        double sum = 0;
        for (int row = 0; row < maps.rows(); row++) {
            sum += MapSimilarity.single(maps, wanted, row).ssim();
        }
        ssim.add(sum / maps.rows());
        mse.add(MapSimilarity.summedError(maps, wanted) / maps.rowSize());
        pcc.add(MapSimilarity.correlation(maps, wanted));
        if (maps.rows() >= WINDOW) {
            Similarity batch = MapSimilarity.batch(maps, wanted);
            plane.add(batch.ssim());
        }
    }

    private FloatTensor repeated(int rows) {
        float[] one = target.values();
        float[] values = new float[rows * one.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = one[i % one.length];
        }
        return FloatTensor.of(values, rows, target.extent(0), target.extent(1));
    }

    /** Returns the means over the batches so far, NaN before the first. */
    public Summary summary() {
        return new Summary(
                Estimate.of(mse),
                Estimate.of(pcc),
                Estimate.of(ssim),
                plane.isEmpty() ? Optional.empty() : Optional.of(Estimate.of(plane)),
                empty);
    }
}
