package org.plumbline.plugin.intercept;

import org.plumbline.plugin.config.Sampling;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Decides which requests are audited: at most the configured rate, and less where the audit costs
 * more than the budget, the backward pass after the answer included. Thread-safe.
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
    private final LatencyMean answered = new LatencyMean();
    private volatile double probedCost;
    private volatile double probedDelay;

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

    /**
     * Tells what answers took before there were requests; used until live ones of both kinds are
     * known.
     *
     * @param answerNanos time of an answer that keeps what an audit needs
     * @param workNanos the same with the backward pass that follows
     */
    public void probed(long plainNanos, long answerNanos, long workNanos) {
        probedDelay = excess((double) answerNanos, (double) plainNanos);
        probedCost = excess((double) workNanos, (double) plainNanos);
    }

    /** Tells what a plain answer took. */
    public void plain(long nanos, long samples) {
        plain.add((double) nanos / samples);
    }

    /**
     * Tells what an audit took.
     *
     * @param answerNanos time until the answer was ready
     * @param workNanos the same with the backward pass that followed
     */
    public void audited(long answerNanos, long workNanos, long samples) {
        answered.add((double) answerNanos / samples);
        audited.add((double) workNanos / samples);
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

    /** Returns the work audits add over all requests, as a share of the plain one, in [0, 1]. */
    public double overheadRatio() {
        return Math.min(1, cost() * rate());
    }

    /** Returns how much of an audited answer's time the audit added. */
    public long added(long answerNanos) {
        double delay = live() ? excess(answered.mean(), plain.mean()) : probedDelay;
        return (long) (answerNanos * delay / (1 + delay));
    }

    /** Work of one audit relative to a plain answer. */
    private double cost() {
        return live() ? excess(audited.mean(), plain.mean()) : probedCost;
    }

    private boolean live() {
        return plain.count() >= ENOUGH && audited.count() >= ENOUGH;
    }

    private static double excess(double nanos, double plainNanos) {
        return plainNanos <= 0 ? 0 : Math.max(0, nanos / plainNanos - 1);
    }

    /** SplitMix64 of the number: independent of threads and of periods in the traffic. */
    private double uniform(long number) {
        long z = seed + number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return ((z ^ (z >>> 31)) >>> 11) * UNIT;
    }
}
