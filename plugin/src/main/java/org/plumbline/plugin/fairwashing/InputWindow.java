package org.plumbline.plugin.fairwashing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;

import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.FairwashingSpec;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Inputs of one version, copied to the heap until there are enough. Thread-safe; never waits. */
final class InputWindow {
    private final Digest version;
    private final double rate;
    private final long seed;
    private final int maps;
    private final AtomicReferenceArray<float[]> rows;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger copied = new AtomicInteger();
    private final AtomicLong drawn = new AtomicLong();
    private final AtomicLong unfit = new AtomicLong();
    private final AtomicReference<Shape> shape;
    private final AtomicReference<Instant> first = new AtomicReference<>();
    private volatile Instant last = Instant.EPOCH;

    /**
     * Makes an empty window.
     *
     * @param spec how many inputs it takes and how often; fewer where their maps would take more
     *     than a quarter of the heap
     * @param maps heat maps that are kept of each input at most
     * @param shape {@code [c, h, w]} of an input; empty: that of the first
     */
    InputWindow(Digest version, FairwashingSpec spec, int maps, long seed, Optional<long[]> shape) {
        this.version = version;
        this.maps = maps;
        this.seed = seed;
        rate = spec.rate();
        rows = new AtomicReferenceArray<>(spec.window());
        this.shape = new AtomicReference<>(shape.map(Shape::new).orElse(Shape.ANY));
    }

    Digest version() {
        return version;
    }

    /** Returns how many inputs it takes. */
    int capacity() {
        long fitting = Runtime.getRuntime().maxMemory() / 4 / Float.BYTES / shape().values(maps);
        return (int) Math.min(rows.length(), Math.max(HonestyCheck.FEWEST_INPUTS, fitting));
    }

    private Shape shape() {
        return Objects.requireNonNull(shape.get());
    }

    /** Returns how many inputs it has, at most {@link #capacity}. */
    int size() {
        return copied.get();
    }

    boolean full() {
        return size() == capacity();
    }

    /** Returns how many requests had inputs of another shape or type. */
    long unfit() {
        return unfit.get();
    }

    /** Copies rows of a request that are drawn, while there is room. */
    void offer(NDList inputs, Instant at) {
        if (taken.get() >= capacity()) {
            return;
        }
        if (inputs.size() != 1 || !fits(inputs.head())) {
            unfit.incrementAndGet();
            return;
        }
        NDArray batch = inputs.head();
        long count = batch.getShape().get(0);
        for (long row = 0; row < count; row++) {
            if (new SplittableRandom(seed + drawn.getAndIncrement()).nextDouble() < rate) {
                take(count == 1 ? batch.toFloatArray() : row(batch, row), at);
            }
        }
    }

    private static float[] row(NDArray batch, long row) {
        try (NDArray one = batch.get(row)) {
            return one.toFloatArray();
        }
    }

    private boolean fits(NDArray batch) {
        long[] axes = batch.getShape().getShape();
        if (batch.getDataType() != DataType.FLOAT32 || axes.length != 4 || axes[0] < 1) {
            return false;
        }
        Shape own = new Shape(Arrays.copyOfRange(axes, 1, axes.length));
        shape.compareAndSet(Shape.ANY, own);
        return own.equals(shape.get());
    }

    private void take(float[] values, Instant at) {
        int place = taken.getAndIncrement(); // only once there is something to fill it with
        if (place < capacity()) {
            rows.set(place, values);
            first.compareAndSet(null, at);
            last = at;
            copied.incrementAndGet();
        }
    }

    /** Returns when its first input came; when it was made empty: the epoch. */
    Instant from() {
        return Optional.ofNullable(first.get()).orElse(Instant.EPOCH);
    }

    /** Returns when its last input came. */
    Instant to() {
        return last;
    }

    /** Returns the inputs that are finite, {@code [n, c, h, w]}, once it is full. */
    FloatTensor inputs() {
        List<float[]> finite = new ArrayList<>();
        for (int i = 0; i < capacity(); i++) {
            float[] row = rows.get(i);
            if (finite(row)) {
                finite.add(row);
            }
        }
        long[] axes = shape().batch(finite.size());
        float[] values = new float[Math.toIntExact(FloatTensor.size(axes))];
        for (int i = 0; i < finite.size(); i++) {
            float[] row = finite.get(i);
            System.arraycopy(row, 0, values, i * row.length, row.length);
        }
        return FloatTensor.of(values, axes);
    }

    private static boolean finite(float[] row) {
        for (float value : row) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Extents of an input. Immutable. */
    private record Shape(List<Long> axes) {
        static final Shape ANY = new Shape(List.of());

        Shape(long... axes) {
            this(Arrays.stream(axes).boxed().toList());
        }

        /** Returns how many numbers an input and its maps have, at least 1. */
        long values(int maps) {
            long channels = axes.isEmpty() ? 1 : axes.get(0);
            return FloatTensor.size(batch(1)) / channels * (channels + maps);
        }

        long[] batch(int count) {
            long[] batch = new long[axes.size() + 1];
            batch[0] = count;
            for (int i = 0; i < axes.size(); i++) {
                batch[i + 1] = axes.get(i);
            }
            return batch;
        }
    }
}
