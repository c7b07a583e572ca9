package org.plumbline.plugin.intercept;

import ai.djl.ndarray.types.Shape;

import org.plumbline.plugin.config.Sampling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Requests without an engine or a clock: latencies are drawn, audits settle after a lag, and what
 * audits truly cost is added up beside what the sampler believes.
 */
final class Traffic {
    private static final double NOISE = 0.2; // deviation of the logarithm

    private final Sampler sampler;
    private final SplittableRandom random;
    private final int lag;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Map<Shape, int[]> audits = new HashMap<>();
    private double served;
    private double spent;

    /**
     * True costs of the requests of one shape, in seconds. Immutable.
     *
     * @param plain median time of a plain answer
     * @param delay share of it that an audit adds
     * @param backward median time of the backward pass
     */
    record Costs(Shape shape, double plain, double delay, double backward) {
        Costs slower(double factor) {
            return new Costs(shape, plain * factor, delay, backward * factor);
        }

        ShapeProbe.Times probed(double error) {
            return new ShapeProbe.Times(
                    nanos(plain), nanos(plain * (1 + delay * error)), nanos(backward * error));
        }
    }

    private record Pending(Grant grant, long answer, long backward) {}

    /**
     * Makes traffic for one sampler.
     *
     * @param lag audits that wait for their backward pass
     */
    Traffic(Sampling sampling, long seed, int lag) {
        sampler = new Sampler(sampling, seed);
        random = new SplittableRandom(seed);
        this.lag = lag;
    }

    Sampler sampler() {
        return sampler;
    }

    /** Answers one request; true if it was audited. */
    boolean request(Costs costs) {
        double plain = costs.plain() * noise();
        served += plain;
        int[] counts = audits.computeIfAbsent(costs.shape(), s -> new int[2]);
        counts[0]++;
        Optional<Grant> grant = sampler.take(costs.shape());
        if (grant.isEmpty()) {
            sampler.plain(costs.shape(), nanos(plain));
            return false;
        }
        counts[1]++;
        double backward = costs.backward() * noise();
        spent += plain * costs.delay() + backward;
        long answer = nanos(plain * (1 + costs.delay()));
        pending.add(new Pending(grant.get(), answer, nanos(backward)));
        if (pending.size() > lag) {
            settle();
        }
        return true;
    }

    /** Runs every backward pass that waits. */
    void settle() {
        for (Pending next = pending.poll(); next != null; next = pending.poll()) {
            sampler.audited(next.grant(), next.answer(), next.backward());
        }
    }

    /** Seconds served so far. */
    double served() {
        return served;
    }

    /** Seconds audits have truly cost so far. */
    double spent() {
        return spent;
    }

    /** Share of a shape's requests that was audited. */
    double share(Shape shape) {
        int[] counts = audits.getOrDefault(shape, new int[] {1, 0});
        return (double) counts[1] / counts[0];
    }

    private double noise() {
        return Math.exp(NOISE * random.nextGaussian());
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }
}
