package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.relevance.LrpRule.AlphaBeta;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.instrument.relevance.LrpRule.Epsilon;
import org.plumbline.core.instrument.relevance.LrpRule.Flat;
import org.plumbline.core.instrument.relevance.LrpRule.Plus;

import java.util.Optional;

/**
 * Which rule each kind of layer follows. Immutable.
 *
 * <p>Everything else is the same for all: activations, layer and unpaired batch normalisation pass
 * relevance on; maximum pooling sends it to the winner; means and residual sums split it in
 * proportion to the summands; gates are constants, so the gated signal takes all; attention weights
 * are constants, so the values take all.
 *
 * @param first rule of layers with no other weighted layer between them and the pixels; empty: as
 *     other layers
 * @param convolution rule of convolutions
 * @param dense rule of linear layers and matrix products
 * @param epsilon added to denominators
 * @param signed whether {@code epsilon} takes the sign of the denominator, that of 0 being +
 * @param biases whether biases take their share, which is lost
 * @param fromLogit whether relevance starts with the logit, else with 1
 */
public record LrpComposite(
        Optional<LrpRule> first,
        LrpRule convolution,
        LrpRule dense,
        double epsilon,
        boolean signed,
        boolean biases,
        boolean fromLogit) {
    private static final double ZENNIT = 1e-6;

    /** The epsilon rule everywhere. */
    public static final LrpComposite EPSILON = zennit(Optional.empty(), new Epsilon());

    /** zennit's EpsilonPlus: z+ for convolutions, epsilon for linear layers. */
    public static final LrpComposite EPSILON_PLUS = zennit(Optional.empty(), new Plus());

    /** zennit's EpsilonPlusFlat: as EpsilonPlus, the first layer flat. */
    public static final LrpComposite EPSILON_PLUS_FLAT =
            zennit(Optional.of(new Flat()), new Plus());

    /** zennit's EpsilonAlpha2Beta1. */
    public static final LrpComposite EPSILON_ALPHA2_BETA1 =
            zennit(Optional.empty(), new AlphaBeta(2, 1));

    /** zennit's EpsilonAlpha2Beta1Flat. */
    public static final LrpComposite EPSILON_ALPHA2_BETA1_FLAT =
            zennit(Optional.of(new Flat()), new AlphaBeta(2, 1));

    /** Checks the range. */
    public LrpComposite {
        if (!(epsilon > 0 && epsilon <= 1)) {
            throw new IllegalArgumentException(
                    "epsilon: " + epsilon + " (expected: above 0, at most 1)");
        }
    }

    private static LrpComposite zennit(Optional<LrpRule> first, LrpRule convolution) {
        return new LrpComposite(first, convolution, new Epsilon(), ZENNIT, true, true, false);
    }

    /**
     * Returns the composite of fairwashing: zB for the pixels, z+ for all else, no biases,
     * relevance starts with the logit.
     *
     * <p>Source: fairwashing/fairwashing, {@code fairwasher/nn} (4ce9fa4), which uses {@link
     * Box#IMAGENET_EXTREMES} for every data set.
     */
    public static LrpComposite fairwasher(Box bounds) {
        return fairwasher(bounds, new Plus());
    }

    /** Returns the composite of fairwashing with another rule behind the first layer. */
    public static LrpComposite fairwasher(Box bounds, LrpRule others) {
        return new LrpComposite(Optional.of(bounds), others, others, 1e-9, false, false, true);
    }

    /** Returns a copy with another rule for the layers that see the pixels. */
    public LrpComposite withFirst(LrpRule rule) {
        return new LrpComposite(
                Optional.of(rule), convolution, dense, epsilon, signed, biases, fromLogit);
    }

    /** Returns a copy with another epsilon. */
    public LrpComposite withEpsilon(double other) {
        return new LrpComposite(first, convolution, dense, other, signed, biases, fromLogit);
    }

    /** Returns a copy whose relevance starts with the logit. */
    public LrpComposite startingWithTheLogit() {
        return new LrpComposite(first, convolution, dense, epsilon, signed, biases, true);
    }

    LrpRule rule(boolean sawWeights, boolean isConvolution) {
        LrpRule usual = isConvolution ? convolution : dense;
        return sawWeights ? usual : first.orElse(usual);
    }
}
