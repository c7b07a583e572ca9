package org.plumbline.core.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.SplittableRandom;

class EffectTallyTest {
    private static final double ERROR = 0.01;

    /** Means in logits, uniform noise of 0.3 around them. */
    @ParameterizedTest
    @CsvSource({
        "0.4, 0.4, USED",
        "-0.4, -0.4, USED",
        "-0.4, 0, MASKED",
        "0.4, 0.02, MASKED",
        "0, 0, UNUSED",
        "0.02, 0.4, UNUSED",
        "0.1, 0, UNDECIDED"
    })
    void theVerdictFollowsFromBothMeans(double change, double linear, ConceptUse expected) {
        EffectTally tally = new EffectTally(EffectSettings.standard(ERROR));
        SplittableRandom random = new SplittableRandom(1);
        assertThat(tally.snapshot().use()).isEqualTo(ConceptUse.UNDECIDED);
        for (int i = 0; i < 3000; i++) {
            double noise = random.nextDouble(-0.3, 0.3);
            tally.add(new EffectSample(change + noise, linear + noise));
        }
        EffectSnapshot now = tally.snapshot();
        assertThat(now.use()).isEqualTo(expected);
        assertThat(now.samples()).isEqualTo(3000);
        assertThat(now.changeBounds().exclude(change)).isFalse();
        assertThat(now.linearBounds().exclude(linear)).isFalse();
        assertThat(now.change()).isCloseTo(change, within(0.02));
    }

    @Test
    void aVerdictStaysUntilAnotherIsSupported() {
        EffectTally tally = new EffectTally(EffectSettings.standard(ERROR));
        for (int i = 0; i < 1000; i++) {
            tally.add(new EffectSample(0.5, 0));
        }
        assertThat(tally.snapshot().use()).isEqualTo(ConceptUse.MASKED);
        int flips = 0;
        ConceptUse last = ConceptUse.MASKED;
        for (int i = 0; i < 60_000; i++) {
            tally.add(new EffectSample(0, 0));
            ConceptUse now = tally.snapshot().use();
            assertThat(now).isIn(ConceptUse.MASKED, ConceptUse.UNUSED);
            flips += now == last ? 0 : 1;
            last = now;
        }
        assertThat(last).isEqualTo(ConceptUse.UNUSED);
        assertThat(flips).isEqualTo(1);
    }

    /** 200 streams of a mean at the edge: at most 1 % may ever be called used, seen: none. */
    @Test
    void lookingAfterEverySampleDoesNotWearTheBoundsOut() {
        int wrong = 0;
        for (int stream = 0; stream < 200; stream++) {
            SplittableRandom random = new SplittableRandom(stream);
            EffectTally tally = new EffectTally(EffectSettings.standard(ERROR));
            boolean called = false;
            for (int i = 0; i < 1000; i++) {
                double x = random.nextDouble() < 0.1 ? 1 : 0; // mean 0.1 exactly
                tally.add(new EffectSample(x, x));
                ConceptUse use = tally.snapshot().use();
                called |= use == ConceptUse.USED || use == ConceptUse.MASKED;
            }
            wrong += called ? 1 : 0;
        }
        assertThat(wrong).isLessThanOrEqualTo(6); // 99.9 % of a binomial(200, 0.01)
    }

    /**
     * 100 streams of 100,000 samples each, error 5 %: at most 5 plus three standard errors, 6. The
     * means lie on the edges, the worst case: a change of the relevant size, which is none beyond
     * it, and a foretold change of half of it, which the gradient does not deny.
     */
    @ParameterizedTest(name = "change {0}, foretold {1}")
    @CsvSource({"0.1, 0", "-0.5, 0.05"})
    void maskedIsSaidNoMoreOftenThanStated(double change, double foretold) {
        int wrong = 0;
        for (int stream = 0; stream < 100; stream++) {
            SplittableRandom random = new SplittableRandom(stream);
            EffectTally tally = new EffectTally(EffectSettings.standard(0.05));
            boolean masked = false;
            for (int i = 0; i < 100_000 && !masked; i++) {
                double noise = random.nextDouble(-0.5, 0.5);
                double other = random.nextInt(2) - 0.5;
                tally.add(new EffectSample(change + noise, foretold + other));
                masked = tally.use() == ConceptUse.MASKED;
            }
            wrong += masked ? 1 : 0;
        }
        assertThat(wrong).isLessThanOrEqualTo(11);
    }

    @Test
    void whatIsRelevantCanBeSet() {
        EffectTally coarse = new EffectTally(new EffectSettings(0.5, 2, ERROR));
        EffectTally fine = new EffectTally(new EffectSettings(0.05, 1, ERROR));
        for (int i = 0; i < 2000; i++) {
            coarse.add(new EffectSample(0.3, 0.3));
            fine.add(new EffectSample(0.3, 0.3));
        }
        assertThat(coarse.use()).isEqualTo(ConceptUse.UNUSED);
        assertThat(fine.use()).isEqualTo(ConceptUse.USED);
        assertThatThrownBy(() -> new EffectSettings(1, 1, ERROR))
                .hasMessageContaining("relevant: 1.0 (expected: in (0, 1.0))");
        assertThatThrownBy(() -> new EffectSettings(0.1, Double.POSITIVE_INFINITY, ERROR))
                .hasMessageContaining("clip");
    }

    @Test
    void outliersAreCutAndNumbersThatAreNoneRefused() {
        EffectTally tally = new EffectTally(EffectSettings.standard(ERROR));
        tally.add(new EffectSample(1e6, 0));
        assertThat(tally.snapshot().clippedChange()).isEqualTo(EffectSettings.STANDARD_CLIP);
        assertThatThrownBy(() -> tally.add(new EffectSample(Double.NaN, 0)))
                .hasMessageContaining("expected: finite");
        assertThatThrownBy(() -> new EffectTally(EffectSettings.standard(1)))
                .hasMessageContaining("in (0, 1)");
    }
}
