package org.plumbline.plugin.intercept;

import org.plumbline.plugin.config.Sampling;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides which requests are audited: at most the configured rate, and less where the audit costs
 * more than the latency budget. Without a budget no latency is looked at. Thread-safe.
 */
public final class Sampler {
    private static final int ENOUGH = 8;
    private static final int PROBE_EVERY = 64;
    private static final double LEAST_RATE = 1.0 / 1024;
    private static final double UNIT = 0x1.0p-53;

    private final Sampling sampling;
    private final long seed;
    private final AtomicLong requests = new AtomicLong();
    private final LatencyMean plain = new LatencyMean();
    private final LatencyMean audited = new LatencyMean();

    /** Makes a sampler whose decisions are a function of the seed and the request's number. */
    public Sampler(Sampling sampling, long seed) {
        this.sampling = sampling;
        this.seed = seed;
    }

    /** Returns whether the next request is audited. */
    public boolean take() {
        long number = requests.getAndIncrement();
        double rate = rate();
        if (rate <= 0) {
            return false;
        }
        // a budget needs a plain latency to compare with, even at rate 1
        if (sampling.maxOverhead().isPresent() && number % PROBE_EVERY == PROBE_EVERY - 1) {
            return false;
        }
        return rate >= 1 || uniform(number) < rate;
    }

    /** Tells what a plain answer took. */
    public void plain(long nanos, long samples) {
        plain.add((double) nanos / samples);
    }

    /** Tells what an audited answer took. */
    public void audited(long nanos, long samples) {
        audited.add((double) nanos / samples);
    }

    /** Returns the share of requests audited at present, in [0, 1]. */
    public double rate() {
        double budget = sampling.maxOverhead().orElse(1);
        double cost = cost();
        if (sampling.maxOverhead().isEmpty() || cost * sampling.rate() <= budget) {
            return sampling.rate();
        }
        return Math.min(sampling.rate(), Math.max(LEAST_RATE, budget / cost));
    }

    /** Returns the latency audits add over all requests, as a share of the plain one, in [0, 1]. */
    public double overheadRatio() {
        return Math.min(1, cost() * rate());
    }

    /** Returns how much of an audited answer's time the audit added; 0 while unknown. */
    public long added(long nanos, long samples) {
        return plain.count() == 0 ? 0 : Math.max(0, nanos - (long) (plain.mean() * samples));
    }

    /** Latency one audit adds relative to a plain answer; 0 while unknown. */
    private double cost() {
        if (plain.count() < ENOUGH || audited.count() < ENOUGH || plain.mean() <= 0) {
            return 0;
        }
        return Math.max(0, audited.mean() / plain.mean() - 1);
    }

    /** SplitMix64 of the number: independent of threads and of periods in the traffic. */
    private double uniform(long number) {
        long z = seed + number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * UNIT;
    }
}
