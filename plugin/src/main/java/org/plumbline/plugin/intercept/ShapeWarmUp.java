package org.plumbline.plugin.intercept;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import java.util.Optional;

/**
 * Warms the audit up for an input shape met for the first time; holds the version it is for until
 * closed.
 */
final class ShapeWarmUp implements AuditTask {
    private final Served served;
    private final Input input;
    private final int target;
    private final MinuteLog failures;
    private boolean ran;

    /** What the request looked like. Immutable. */
    record Input(Shape shape, DataType type, Device device) {}

    /** Takes over a hold on {@code served} and its sampler's claim on the shape. */
    ShapeWarmUp(Served served, Input input, int target, MinuteLog failures) {
        this.served = served;
        this.input = input;
        this.target = target;
        this.failures = failures;
    }

    @Override
    public ServedId id() {
        return served.id();
    }

    @Override
    public long generation() {
        return served.generation();
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public Optional<AuditEvent> run() {
        ran = true;
        long start = System.nanoTime();
        try {
            ShapeProbe probe = new ShapeProbe(input.device(), target);
            ShapeProbe.Times times = probe.run(served.module(), input.shape(), input.type());
            served.sampler().probed(input.shape(), times);
        } catch (RuntimeException | LinkageError e) {
            served.sampler().unclaim(input.shape(), true);
            failures.warn("inputs " + input.shape() + " stay unaudited", served.id(), e);
        }
        served.sampler().spent(System.nanoTime() - start);
        return Optional.empty();
    }

    @Override
    public void close() {
        try {
            if (!ran) {
                ran = true;
                served.sampler().unclaim(input.shape(), false);
            }
        } finally {
            served.release();
        }
    }
}
