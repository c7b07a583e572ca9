package org.plumbline.worker.correction.ensemble;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.tap.NativeOperators;

import java.util.Arrays;

/**
 * DisEnt's losses of a batch. With features {@code z_D, z_B}, classifiers {@code c_D, c_B} over
 * {@code [z_D; z_B]} and {@code sg} a constant:
 *
 * <pre>
 * L_dis  = mean_i W_i CE(c_D[z_D; sg z_B], y) + lambda_dis  biased(c_B[sg z_D; z_B], y)
 * L_swap = mean_i W_i CE(c_D[z_D; sg z~], y)  + lambda_swapalign biased(c_B[sg z_D; z~], y~)
 * L      = L_dis + lambda_swap L_swap
 * </pre>
 *
 * where {@code z~, y~} are {@code z_B, y} of another sample of the batch and {@code biased} is
 * {@link BiasedTerm}.
 *
 * <p>Source: kakaoenterprise/Learning-Debiased-Disentangled and BiasEnsemble, {@code
 * train_disent_be}.
 */
public record DisEntLosses(BiasedTerm biasedTerm, Disentangling disentangling) {

    /**
     * One network on a batch. Borrows all.
     *
     * @param logits of its last linear layer, {@code [n, classes]}: its own half of the classifier
     * @param features input of that layer, flattened {@code [n, d]}
     * @param foreignWeight other half of the classifier, {@code [classes, d]}
     */
    public record Half(NDArray logits, NDArray features, NDArray foreignWeight) {}

    /** A batch as both networks see it. Not to be kept. */
    @SuppressWarnings("ArrayRecordComponent") // lives for one step; compared by nobody
    public record Batch(Half debiased, Half biased, NDArray labels, int... samples) {}

    /**
     * What a batch costs.
     *
     * @param parts debiased and biased term without their lambdas, then the same of swapped
     *     features if there are any
     */
    public record Terms(NDArray total, NDList parts, NDArray weights) {}

    NativeOperators operators() {
        return biasedTerm.losses().operators();
    }

    /**
     * Notes difficulties and returns the losses.
     *
     * @param permutation whose bias features each sample gets; empty: no swapping
     */
    public Terms of(
            NDManager unit, Batch batch, RelativeDifficulty difficulty, int... permutation) {
        ReweightingLosses losses = biasedTerm.losses();
        Half d = batch.debiased();
        Half b = batch.biased();
        NDArray zDebiased = losses.joined(unit, d.logits(), b.features(), d.foreignWeight());
        NDArray zBiased = losses.joined(unit, b.logits(), d.features(), b.foreignWeight());
        NDArray lDebiased = losses.crossEntropy(unit, zDebiased, batch.labels());
        NDArray lBiased = losses.crossEntropy(unit, zBiased, batch.labels());
        NDArray index = unit.create(Arrays.stream(batch.samples()).asLongStream().toArray());
        NDArray weights = difficulty.weights(unit, index, lBiased, lDebiased);
        NDList parts =
                new NDList(
                        losses.weightedMean(unit, lDebiased, weights),
                        biasedTerm.of(unit, lBiased, batch.samples()));
        if (permutation.length > 0) {
            parts.addAll(swapped(unit, batch, weights, permutation));
        }
        return new Terms(total(unit, parts), parts, weights);
    }

    private NDList swapped(NDManager unit, Batch batch, NDArray weights, int... permutation) {
        ReweightingLosses losses = biasedTerm.losses();
        NDArray order = unit.create(Arrays.stream(permutation).asLongStream().toArray());
        Half d = batch.debiased();
        NDArray features = losses.rows(unit, batch.biased().features(), order);
        NDArray zDebiased = losses.joined(unit, d.logits(), features, d.foreignWeight());
        NDArray own = losses.rows(unit, batch.biased().logits(), order);
        NDArray zBiased = losses.joined(unit, own, d.features(), batch.biased().foreignWeight());
        NDArray labels = losses.rows(unit, batch.labels(), order);
        int[] samples = Arrays.stream(permutation).map(i -> batch.samples()[i]).toArray();
        return new NDList(
                losses.weightedMean(
                        unit, losses.crossEntropy(unit, zDebiased, batch.labels()), weights),
                biasedTerm.of(unit, losses.crossEntropy(unit, zBiased, labels), samples));
    }

    private NDArray total(NDManager unit, NDList parts) {
        double swap = disentangling.lambdaSwap();
        double[] factors = {
            1, disentangling.lambdaDis(), swap, swap * disentangling.lambdaSwapAlign()
        };
        return operators().weightedSum(unit, parts, Arrays.copyOf(factors, parts.size()));
    }
}
