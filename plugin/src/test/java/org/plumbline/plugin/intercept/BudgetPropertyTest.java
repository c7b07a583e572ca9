package org.plumbline.plugin.intercept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.Traffic.Costs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The budget over simulated hours of traffic; every case runs over several seeds. */
class BudgetPropertyTest {
    private static final int REQUESTS = 40_000;
    private static final double OVER = 1.05; // estimates lag behind latencies that change
    private static final double USED = 0.8; // what is kept back so that bursts find something
    private static final double WINDOW = 60;

    private static final Costs LATE = costs(1, 0.027, 0.03, 0.001);
    private static final Costs EARLY = costs(1, 0.027, 0.10, 0.025);

    /** What the i-th request costs. */
    private interface Pattern {
        Costs at(int i);
    }

    private record Case(String name, double budget, int lag, double probeError, Pattern pattern) {
        Case(String name, double budget, Pattern pattern) {
            this(name, budget, 0, 1, pattern);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private record Drawn(Case traffic, long seed) {
        @Override
        public String toString() {
            return traffic + ", seed " + seed;
        }
    }

    static Stream<Drawn> cases() {
        Stream<Case> all =
                Stream.of(
                        new Case("late layer", 0.02, i -> LATE),
                        new Case("early layer", 0.05, i -> EARLY),
                        new Case("small budget", 0.005, i -> EARLY),
                        new Case("batches of 1 to 8", 0.05, i -> batch(1 + i * 7919 % 8)),
                        new Case("batches that grow", 0.05, i -> batch(1 + i * 8 / REQUESTS)),
                        new Case("slows down", 0.05, i -> EARLY.slower(i % 20_000 < 5000 ? 4 : 1)),
                        new Case("drifts", 0.05, i -> EARLY.slower(2 + Math.sin(i / 500.0))),
                        new Case("dearer than probed", 0.05, 0, 0.3, i -> EARLY),
                        new Case("cheaper than probed", 0.05, 0, 3, i -> EARLY),
                        new Case("late audits", 0.05, 64, 1, i -> EARLY));
        return all.flatMap(c -> LongStream.range(0, 5).mapToObj(seed -> new Drawn(c, seed)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void auditsCostTheBudgetAndHardlyLess(Drawn drawn) {
        Traffic traffic = start(drawn);
        Windows windows = new Windows(drawn.traffic().budget(), dearest(drawn.traffic()));
        for (int i = 0; i < REQUESTS; i++) {
            traffic.request(drawn.traffic().pattern().at(i));
            windows.add(traffic);
        }
        double budget = drawn.traffic().budget();
        assertThat(traffic.spent() / traffic.served()).isBetween(USED * budget, OVER * budget);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void theReportedOverheadIsTheTrueOneOfTheLastMinute(Drawn drawn) {
        Traffic traffic = start(drawn);
        double reported = 0;
        for (int i = 0; i < REQUESTS; i++) {
            traffic.request(drawn.traffic().pattern().at(i));
            reported += traffic.sampler().overheadRatio() / REQUESTS;
        }
        // means over time and over the time served differ where latencies change, and audits that
        // wait are not counted yet
        double truth = traffic.spent() / traffic.served();
        assertThat(reported).isCloseTo(truth, within(0.15 * truth));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noShapeIsPreferredHoweverDear(long seed) {
        Traffic traffic = new Traffic(budget(0.05), seed, 0);
        Costs small = batch(1);
        Costs large = batch(8);
        traffic.sampler().probed(small.shape(), small.probed(1));
        traffic.sampler().probed(large.shape(), large.probed(1));
        for (int i = 0; i < 2 * REQUESTS; i++) {
            traffic.request(i % 2 == 0 ? small : large); // in step, as from one busy client
        }
        double share = traffic.share(small.shape());
        // five deviations of a binomial share of about 5 % over 40,000 requests of each
        assertThat(traffic.share(large.shape())).isCloseTo(share, within(0.0055));
        assertThat(share).isGreaterThan(0.03);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whereTheBudgetIsAmpleTheRateIsKept(long seed) {
        Traffic traffic = new Traffic(new Sampling(0.2, OptionalDouble.of(0.05)), seed, 0);
        traffic.sampler().probed(LATE.shape(), LATE.probed(1));
        for (int i = 0; i < REQUESTS; i++) {
            traffic.request(LATE);
        }
        // five deviations of a binomial share over 40,000 requests
        assertThat(traffic.share(LATE.shape())).isCloseTo(0.2, within(0.01));
    }

    static LongStream seeds() {
        return LongStream.range(0, 5);
    }

    private static Traffic start(Drawn drawn) {
        Case c = drawn.traffic();
        Traffic traffic = new Traffic(budget(c.budget()), drawn.seed(), c.lag());
        Set<Shape> shapes = new HashSet<>();
        for (int i = 0; i < REQUESTS; i++) {
            Costs costs = c.pattern().at(i);
            if (shapes.add(costs.shape())) {
                traffic.sampler().probed(costs.shape(), costs.probed(c.probeError()));
            }
        }
        return traffic;
    }

    private static double dearest(Case c) {
        double dearest = 0;
        for (int i = 0; i < REQUESTS; i++) {
            Costs costs = c.pattern().at(i);
            dearest = Math.max(dearest, costs.plain() * costs.delay() + costs.backward());
        }
        return dearest;
    }

    private static Sampling budget(double share) {
        return new Sampling(1, OptionalDouble.of(share));
    }

    private static Costs batch(int rows) {
        return costs(rows, 0.025 * rows + 0.002, 0.1, 0.02 * rows);
    }

    private static Costs costs(int rows, double plain, double delay, double backward) {
        return new Costs(new Shape(rows, 3, 224, 224), plain, delay, backward);
    }

    /** Checks every stretch of a minute of serving against what the bucket promises. */
    private static final class Windows {
        private final Deque<double[]> steps = new ArrayDeque<>();
        private final double most;

        Windows(double budget, double dearest) {
            // a full bucket, and estimates that have not yet followed a change
            most = 1.2 * (budget * WINDOW + Math.max(budget * 10, 16 * dearest));
        }

        void add(Traffic traffic) {
            steps.add(new double[] {traffic.served(), traffic.spent()});
            while (traffic.served() - steps.getFirst()[0] > WINDOW) {
                steps.removeFirst();
            }
            assertThat(traffic.spent() - steps.getFirst()[1]).isLessThan(most);
        }
    }
}
