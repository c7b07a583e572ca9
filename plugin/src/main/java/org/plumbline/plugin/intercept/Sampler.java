package org.plumbline.plugin.intercept;

import ai.djl.ndarray.types.Shape;

import org.plumbline.plugin.config.Sampling;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides which requests are audited: at most the configured rate, and less where audits, the
 * backward pass after the answer included, would cost more of the time served than the budget.
 * Thread-safe; never waits.
 *
 * <p>Each request is drawn with one probability, whatever it shows and whatever its shape: the rate
 * that the budget sustains, turned up and down with the level of the {@link TokenBucket}, which
 * keeps the budget even where estimates are wrong. Shapes are audited once their methods are warm.
 */
public final class Sampler {
    private static final double MOST_AUDITED = 31.0 / 32; // the rest tells what plain answers take
    private static final int MIX = 256;
    private static final double UNIT = 0x1.0p-53;

    private final Sampling sampling;
    private final long seed;
    private final AtomicLong requests = new AtomicLong();
    private final ShapeCosts shapes = new ShapeCosts();
    private final Optional<TokenBucket> budget;
    private final OverheadMean overhead = new OverheadMean();
    private final LatencyMean meanPlain = new LatencyMean(MIX);
    private final LatencyMean meanCost = new LatencyMean(MIX);

    /** Makes a sampler whose draws are a function of the seed and the request's number. */
    public Sampler(Sampling sampling, long seed) {
        this.sampling = sampling;
        this.seed = seed;
        budget =
                sampling.maxOverhead().isPresent()
                        ? Optional.of(new TokenBucket(sampling.maxOverhead().getAsDouble()))
                        : Optional.empty();
    }

    /** Returns leave to audit the next request, or that it is answered plainly. */
    Optional<Grant> take(Shape shape) {
        long number = requests.getAndIncrement();
        Optional<ShapeCost> cost = shapes.known(shape);
        cost.ifPresent(c -> meet(c, number));
        if (cost.isEmpty() || uniform(number) >= rate()) {
            return Optional.empty();
        }
        long expected = (long) cost.get().expectedCost();
        if (budget.isPresent() && !budget.get().reserve(expected)) {
            return Optional.empty();
        }
        return Optional.of(new Grant(cost.get(), expected));
    }

    /** Returns true to the one caller that is to warm up a shape that has just been answered. */
    boolean claim(Shape shape) {
        boolean audits = sampling.rate() > 0 && sampling.maxOverhead().orElse(1) > 0;
        return audits && shapes.claim(shape, requests.get());
    }

    /** Ends a claim without a result; a refused shape is not claimed again. */
    void unclaim(Shape shape, boolean refused) {
        shapes.unclaim(shape, refused);
    }

    /** Tells that a shape is warm and what its requests take; it is audited from now on. */
    public void probed(Shape shape, ShapeProbe.Times times) {
        shapes.probed(shape, times);
        budget.ifPresent(b -> b.dearest(shapes.dearest()));
    }

    /** Tells what a plain answer took. */
    void plain(Shape shape, long nanos) {
        shapes.known(shape).ifPresent(cost -> cost.plain(nanos));
        served(nanos);
    }

    /**
     * Tells what an audit took.
     *
     * @param answerNanos time until the answer was ready
     * @param backwardNanos time of the backward pass that followed
     */
    void audited(Grant grant, long answerNanos, long backwardNanos) {
        settle(grant, answerNanos, backwardNanos);
        grant.cost().audited(answerNanos, backwardNanos);
        budget.ifPresent(b -> b.dearest(shapes.dearest()));
    }

    /** Tells what an audit took that was answered and then given up. */
    void dropped(Grant grant, long answerNanos) {
        settle(grant, answerNanos, 0);
    }

    /** Tells what an audit took that gave no answer. */
    void failed(Grant grant, long nanos) {
        budget.ifPresent(b -> b.settle(grant.reserved(), 0));
        spent(nanos);
    }

    /** Tells of time spent on audits beside those of requests. */
    void spent(long nanos) {
        budget.ifPresent(b -> b.settle(0, nanos));
        overhead.add(0, (double) nanos);
    }

    /** Returns the probability that the next request of a warm shape is audited, in [0, 1]. */
    public double rate() {
        if (budget.isEmpty()) {
            return sampling.rate();
        }
        double most = Math.min(sampling.rate(), MOST_AUDITED);
        double cost = meanCost.mean();
        if (cost <= 0) {
            return most;
        }
        // at half a bucket exactly what the budget sustains, at a full one twice as much
        double sustained = budget.get().share() * meanPlain.mean() / cost;
        return Math.min(most, 2 * budget.get().level() * sustained);
    }

    /** Returns the time spent on audits over the time served, in [0, 1]: what the budget bounds. */
    public double overheadRatio() {
        return overhead.ratio();
    }

    private void meet(ShapeCost cost, long number) {
        cost.use(number);
        meanPlain.add(cost.expectedPlain());
        meanCost.add(cost.expectedCost());
    }

    private void settle(Grant grant, long answerNanos, long backwardNanos) {
        long added = grant.added(answerNanos);
        served(answerNanos - added);
        budget.ifPresent(b -> b.settle(grant.reserved(), added + backwardNanos));
        overhead.add(0, (double) (added + backwardNanos));
    }

    private void served(long nanos) {
        budget.ifPresent(b -> b.earn((double) nanos));
        overhead.add((double) nanos, 0);
    }

    /** SplitMix64 of the number: independent of threads and of periods in the traffic. */
    private double uniform(long number) {
        long z = seed + number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * UNIT;
    }
}
