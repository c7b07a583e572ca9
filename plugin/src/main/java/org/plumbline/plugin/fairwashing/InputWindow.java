package org.plumbline.plugin.fairwashing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.FairwashingSpec;

import java.time.Instant;
import java.util.ArrayList;
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
    private static final int HEAP_SHARE = 4;
    private static final float[] GONE = {};

    private final Digest version;
    private final double rate;
    private final long seed;
    private final int maps;
    private final AtomicReferenceArray<float[]> rows;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger copied = new AtomicInteger();
    private final AtomicLong drawn = new AtomicLong();
    private final AtomicLong unfit = new AtomicLong();
    private final AtomicLong missed = new AtomicLong();
    private final AtomicReference<Form> form = new AtomicReference<>();
    private final AtomicReference<Instant> first = new AtomicReference<>();
    private volatile Instant last = Instant.EPOCH;
    private volatile @Nullable Shape stranger;

    /**
     * Makes an empty window.
     *
     * @param spec how many inputs it takes and how often; fewer where their maps would take more
     *     than a quarter of the heap
     * @param maps heat maps that are kept of each input at most
     * @param shape {@code [c, h, w]} of an input; empty: that of the first
     */
    InputWindow(Digest version, FairwashingSpec spec, int maps, long seed, Optional<Shape> shape) {
        this.version = version;
        this.maps = maps;
        this.seed = seed;
        rate = spec.rate();
        rows = new AtomicReferenceArray<>(spec.window());
        shape.ifPresent(known -> form.set(formOf(known)));
    }

    /** Counts what an input and its maps take of the heap. */
    private Form formOf(Shape shape) {
        long values = shape.size() / shape.get(0) * (shape.get(0) + maps);
        long fitting = Runtime.getRuntime().maxMemory() / HEAP_SHARE / Float.BYTES / values;
        long capacity = Math.min(rows.length(), Math.max(HonestyCheck.FEWEST_INPUTS, fitting));
        return new Form(shape, (int) capacity);
    }

    Digest version() {
        return version;
    }

    /** Returns how many inputs it takes. */
    int capacity() {
        Form known = form.get();
        return known == null ? rows.length() : known.capacity();
    }

    /** Returns how many inputs it has, at most {@link #capacity}. */
    int size() {
        return copied.get();
    }

    boolean full() {
        return size() == capacity();
    }

    private boolean open() {
        return taken.get() < capacity();
    }

    /** Returns how many requests had inputs of another shape or type. */
    long unfit() {
        return unfit.get();
    }

    /**
     * Returns why it is not being filled, once as many requests in a row as it takes inputs had
     * another shape.
     */
    Optional<String> starved() {
        Shape other = stranger;
        Form known = form.get();
        return other == null || known == null || missed.get() < rows.length()
                ? Optional.empty()
                : Optional.of("inputs are " + other + ", not " + known.shape());
    }

    /** Copies rows of a request that are drawn, while there is room. */
    void offer(NDList inputs, Instant at) {
        if (!open()) {
            return;
        }
        if (inputs.size() != 1 || !fits(inputs.head())) {
            unfit.incrementAndGet();
            return;
        }
        NDArray batch = inputs.head();
        long count = batch.getShape().get(0);
        for (long row = 0; row < count && open(); row++) {
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
        Shape all = batch.getShape();
        if (batch.getDataType() != DataType.FLOAT32 || all.dimension() != 4 || all.size() < 1) {
            return false;
        }
        Shape own = all.slice(1);
        if (form.get() == null) {
            form.compareAndSet(null, formOf(own));
        }
        if (own.equals(known().shape())) {
            missed.set(0);
            return true;
        }
        stranger = own;
        missed.incrementAndGet();
        return false;
    }

    private Form known() {
        return Objects.requireNonNull(form.get());
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

    /** Hands over the inputs that are finite, {@code [n, c, h, w]}, once it is full. */
    FloatTensor inputs() {
        List<float[]> finite = new ArrayList<>();
        for (int i = 0; i < capacity(); i++) {
            float[] row = rows.getAndSet(i, GONE);
            if (finite(row)) {
                finite.add(row);
            }
        }
        long[] axes = new Shape(finite.size()).addAll(known().shape()).getShape();
        float[] values = new float[Math.toIntExact(FloatTensor.size(axes))];
        for (int i = 0; i < finite.size(); i++) {
            float[] row = finite.set(i, GONE);
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

    /** What all inputs have in common. Immutable. */
    private record Form(Shape shape, int capacity) {}
}
