package org.plumbline.plugin.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.plugin.config.Sampling;

import java.util.OptionalDouble;

class SamplerTest {
    private static final int REQUESTS = 20_000;

    @Test
    void theRateIsKept() {
        Sampler sampler = new Sampler(new Sampling(0.3, OptionalDouble.empty()), 1729);
        // 5 standard deviations of a binomial share over 20,000 draws
        assertThat(share(sampler)).isCloseTo(0.3, within(0.0163));
    }

    @Test
    void rateOneTakesEveryRequestAndRateZeroNone() {
        assertThat(share(new Sampler(Sampling.ALL, 1))).isEqualTo(1);
        assertThat(share(new Sampler(new Sampling(0, OptionalDouble.empty()), 1))).isZero();
    }

    @Test
    void theSameSeedTakesTheSameRequests() {
        Sampler a = new Sampler(new Sampling(0.5, OptionalDouble.empty()), 42);
        Sampler b = new Sampler(new Sampling(0.5, OptionalDouble.empty()), 42);
        for (int i = 0; i < 1000; i++) {
            assertThat(a.take()).isEqualTo(b.take());
        }
    }

    @Test
    void aBudgetTurnsTheRateDownUntilTheOverheadFits() {
        Sampler sampler = new Sampler(new Sampling(1, OptionalDouble.of(0.05)), 3);
        for (int i = 0; i < 50; i++) {
            sampler.plain(1000, 1);
            sampler.audited(1200, 1200, 1);
        }
        assertThat(sampler.rate()).isCloseTo(0.25, within(1e-9));
        assertThat(sampler.overheadRatio()).isCloseTo(0.05, within(1e-9));
        assertThat(share(sampler)).isCloseTo(0.25, within(0.02));
    }

    @Test
    void aCheapAuditStaysAtTheFullRateButForPlainProbes() {
        Sampler sampler = new Sampler(new Sampling(1, OptionalDouble.of(0.05)), 3);
        for (int i = 0; i < 50; i++) {
            sampler.plain(1000, 1);
            sampler.audited(1010, 1010, 1);
        }
        assertThat(sampler.rate()).isEqualTo(1);
        assertThat(share(sampler)).isCloseTo(63.0 / 64, within(1e-3));
    }

    @Test
    void theAddedTimeIsTheAuditsShareOfTheAnswer() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        assertThat(sampler.added(500)).isZero();
        sampler.probed(1000, 1250, 1500);
        assertThat(sampler.added(1250)).isEqualTo(250);
        assertThat(sampler.overheadRatio()).isCloseTo(0.5, within(1e-9));
        for (int i = 0; i < 50; i++) {
            sampler.plain(2000, 2);
            sampler.audited(2200, 2200, 2);
        }
        assertThat(sampler.added(1100)).isBetween(99L, 101L);
    }

    @Test
    void onePauseOfTheMachineMovesTheOverheadLittle() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        for (int i = 0; i < 64; i++) {
            sampler.plain(1000, 1);
            sampler.audited(1000, 1000, 1);
        }
        sampler.audited(1_000_000, 1_000_000, 1);
        assertThat(sampler.overheadRatio()).isLessThan(0.05);
    }

    @Test
    void theOverheadNeverLeavesTheUnitInterval() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        for (int i = 0; i < 50; i++) {
            sampler.plain(10, 1);
            sampler.audited(10_000, 10_000, 1);
        }
        assertThat(sampler.overheadRatio()).isEqualTo(1);
    }

    private static double share(Sampler sampler) {
        int taken = 0;
        for (int i = 0; i < REQUESTS; i++) {
            taken += sampler.take() ? 1 : 0;
        }
        return (double) taken / REQUESTS;
    }
}
