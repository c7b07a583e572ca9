package org.plumbline.plugin.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** On a clock of its own: nothing here measures time. */
class PaceTest {
    private static final long HORIZON = 1_000_000_000;

    private long now = Long.MAX_VALUE - 500; // wraps round

    /** Steps may take longer on the clock than on the processor; watchers come late. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void stepsTakeAtMostTheShareAndUseMostOfIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double share = Math.pow(10, random.nextDouble(-3, 0));
        Pace pace = new Pace(share, () -> now);
        long start = now;
        double cost = 0;
        double latest = 0;
        while (now - start < HORIZON) {
            if (pace.delay() > 0) {
                now += pace.delay() + random.nextLong(100);
            }
            pace.begin();
            latest = random.nextLong(1, HORIZON / 10_000);
            now += (long) (latest * random.nextDouble(1, 1 / Math.sqrt(share)));
            pace.spent((long) latest);
            cost += latest;
            assertThat(cost - latest).isLessThanOrEqualTo(share * (now - start) + 1);
        }
        if (share < 0.01) { // where steps do not delay each other on the clock
            assertThat(cost).isGreaterThan(0.9 * share * (now - start));
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    @Test
    void idleTimeEarnsNothing() {
        Pace pace = new Pace(0.1, () -> now);
        assertThat(pace.delay()).isZero();
        now += HORIZON;
        pace.begin();
        pace.spent(10);
        assertThat(pace.delay()).isEqualTo(100);
        now += 100;
        assertThat(pace.delay()).isZero();
    }

    @Test
    void aShareIsMoreThanNothingAndAtMostAll() {
        assertThatThrownBy(() -> new Pace(0, () -> now)).hasMessageContaining("share: 0.0");
        assertThatThrownBy(() -> new Pace(1.1, () -> now)).hasMessageContaining("(0, 1]");
    }
}
