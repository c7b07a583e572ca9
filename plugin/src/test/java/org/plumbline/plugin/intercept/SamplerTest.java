package org.plumbline.plugin.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.Test;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.ShapeProbe.Times;

import java.util.OptionalDouble;

class SamplerTest {
    private static final int REQUESTS = 20_000;
    private static final Shape SHAPE = new Shape(1, 3, 28, 28);

    @Test
    void theRateIsKept() {
        Sampler sampler = sampler(new Sampling(0.3, OptionalDouble.empty()), 1729);
        // 5 standard deviations of a binomial share over 20,000 draws
        assertThat(share(sampler)).isCloseTo(0.3, within(0.0163));
    }

    @Test
    void rateOneTakesEveryRequestAndRateZeroNone() {
        assertThat(share(sampler(Sampling.ALL, 1))).isEqualTo(1);
        assertThat(share(sampler(new Sampling(0, OptionalDouble.empty()), 1))).isZero();
    }

    @Test
    void theSameSeedTakesTheSameRequests() {
        Sampler a = sampler(new Sampling(0.5, OptionalDouble.empty()), 42);
        Sampler b = sampler(new Sampling(0.5, OptionalDouble.empty()), 42);
        for (int i = 0; i < 1000; i++) {
            assertThat(a.take(SHAPE).isPresent()).isEqualTo(b.take(SHAPE).isPresent());
        }
    }

    @Test
    void aNewShapeIsClaimedOnceAndAuditedOnceItIsWarm() {
        Sampler sampler = new Sampler(Sampling.ALL, 1);
        assertThat(sampler.take(SHAPE)).isEmpty();
        assertThat(sampler.claim(SHAPE)).isTrue();
        assertThat(sampler.claim(SHAPE)).isFalse();
        assertThat(sampler.claim(shape(2))).as("one at a time").isFalse();
        assertThat(sampler.take(SHAPE)).isEmpty();
        sampler.probed(SHAPE, new Times(10, 11, 1));
        assertThat(sampler.take(SHAPE)).isPresent();
        assertThat(sampler.claim(SHAPE)).isFalse();
        assertThat(sampler.claim(shape(2))).isTrue();
    }

    @Test
    void aClaimGivenUpIsOpenAgainAndARefusedShapeIsNot() {
        Sampler sampler = new Sampler(Sampling.ALL, 1);
        assertThat(sampler.claim(SHAPE)).isTrue();
        sampler.unclaim(SHAPE, false);
        assertThat(sampler.claim(SHAPE)).isTrue();
        sampler.unclaim(SHAPE, true);
        assertThat(sampler.claim(SHAPE)).isFalse();
        assertThat(sampler.take(SHAPE)).isEmpty();
    }

    @Test
    void onlySoManyShapesAreWarmAndStaleOnesMakePlace() {
        Sampler sampler = new Sampler(Sampling.ALL, 1);
        for (int rows = 1; rows <= 64; rows++) {
            assertThat(sampler.claim(shape(rows))).isTrue();
            sampler.probed(shape(rows), new Times(10, 11, 1));
        }
        assertThat(sampler.claim(shape(65))).isFalse();
        for (int i = 0; i <= 10_001; i++) {
            sampler.take(shape(1));
        }
        assertThat(sampler.claim(shape(65))).isTrue();
        assertThat(sampler.take(shape(1))).isPresent();
        assertThat(sampler.take(shape(2))).isEmpty();
    }

    @Test
    void nothingIsWarmedUpWhereNothingIsAudited() {
        assertThat(new Sampler(new Sampling(0, OptionalDouble.empty()), 1).claim(SHAPE)).isFalse();
        assertThat(new Sampler(new Sampling(1, OptionalDouble.of(0)), 1).claim(SHAPE)).isFalse();
    }

    @Test
    void aBudgetOfNothingAuditsNothing() {
        Sampler sampler = sampler(new Sampling(1, OptionalDouble.of(0)), 1);
        for (int i = 0; i < 1000; i++) {
            assertThat(sampler.take(SHAPE)).isEmpty();
            sampler.plain(SHAPE, 1_000_000);
        }
    }

    @Test
    void theFirstAuditWaitsUntilItIsEarned() {
        Sampler sampler = new Sampler(new Sampling(1, OptionalDouble.of(0.1)), 1);
        sampler.probed(SHAPE, new Times(1000, 1000, 500));
        int plain = 0;
        while (sampler.take(SHAPE).isEmpty()) {
            sampler.plain(SHAPE, 1000);
            plain++;
        }
        assertThat(plain).isGreaterThanOrEqualTo(5); // 500 nanoseconds at a tenth of 1000 each
    }

    @Test
    void theAddedTimeIsTheAuditsShareOfTheAnswer() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        sampler.probed(SHAPE, new Times(1000, 1250, 250));
        Grant grant = sampler.take(SHAPE).orElseThrow();
        assertThat(grant.added(1250)).isEqualTo(250);
        sampler.audited(grant, 1250, 250);
        assertThat(sampler.overheadRatio()).isCloseTo(0.5, within(1e-6));
    }

    @Test
    void onePauseOfTheMachineMovesTheEstimateLittle() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        sampler.probed(SHAPE, new Times(1000, 1100, 0));
        for (int i = 0; i < 64; i++) {
            sampler.plain(SHAPE, 1000);
            sampler.audited(sampler.take(SHAPE).orElseThrow(), 1100, 0);
        }
        sampler.audited(sampler.take(SHAPE).orElseThrow(), 1_000_000, 0);
        assertThat(sampler.take(SHAPE).orElseThrow().added(1000)).isLessThan(140);
    }

    @Test
    void aMachineThatSlowsDownIsNotTakenForTheAudit() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        sampler.probed(SHAPE, new Times(1000, 1100, 0));
        for (int i = 0; i < 1000; i++) { // rate 1 and no budget: never a plain answer to compare
            sampler.audited(sampler.take(SHAPE).orElseThrow(), 5500, 0);
        }
        assertThat(sampler.overheadRatio()).isCloseTo(0.1, within(1e-3));
    }

    @Test
    void theOverheadNeverLeavesTheUnitInterval() {
        Sampler sampler = new Sampler(Sampling.ALL, 3);
        assertThat(sampler.overheadRatio()).isZero();
        sampler.probed(SHAPE, new Times(10, 100, 10_000));
        sampler.audited(sampler.take(SHAPE).orElseThrow(), 100, 10_000);
        assertThat(sampler.overheadRatio()).isEqualTo(1);
    }

    private static Sampler sampler(Sampling sampling, long seed) {
        Sampler sampler = new Sampler(sampling, seed);
        sampler.probed(SHAPE, new Times(1000, 1010, 10));
        return sampler;
    }

    private static Shape shape(int rows) {
        return new Shape(rows, 3, 28, 28);
    }

    private static double share(Sampler sampler) {
        int taken = 0;
        for (int i = 0; i < REQUESTS; i++) {
            taken += sampler.take(SHAPE).isPresent() ? 1 : 0;
        }
        return (double) taken / REQUESTS;
    }
}
