package org.plumbline.plugin.intercept;

import ai.djl.ndarray.types.Shape;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The input shapes that are audited and what they cost: at most 64, one being warmed up at a time;
 * one that did not come for 10,000 requests makes place for another. Thread-safe.
 */
final class ShapeCosts {
    private static final int MOST = 64;
    private static final long STALE = 10_000;

    private final Map<Shape, ShapeCost> costs = new ConcurrentHashMap<>();
    private final AtomicBoolean warming = new AtomicBoolean();

    /** Returns the costs of a shape whose audit is warm. */
    Optional<ShapeCost> known(Shape shape) {
        return Optional.ofNullable(costs.get(shape)).filter(ShapeCost::known);
    }

    /** Returns true to the one caller that is to warm up a new shape. */
    boolean claim(Shape shape, long request) {
        if (costs.containsKey(shape) || !warming.compareAndSet(false, true)) {
            return false;
        }
        ShapeCost fresh = new ShapeCost();
        fresh.use(request);
        boolean claimed = room(request) && costs.putIfAbsent(shape, fresh) == null;
        if (!claimed) {
            warming.set(false);
        }
        return claimed;
    }

    void probed(Shape shape, ShapeProbe.Times times) {
        costs.computeIfAbsent(shape, s -> new ShapeCost()).probed(times);
        warming.set(false);
    }

    /** Ends a claim without a result; the shape may be claimed again unless it is refused. */
    void unclaim(Shape shape, boolean refused) {
        if (!refused) {
            costs.remove(shape);
        }
        warming.set(false);
    }

    double dearest() {
        return costs.values().stream()
                .filter(ShapeCost::known)
                .mapToDouble(ShapeCost::expectedCost)
                .max()
                .orElse(0);
    }

    private boolean room(long request) {
        if (costs.size() >= MOST) {
            costs.values().removeIf(cost -> request - cost.used() > STALE);
        }
        return costs.size() < MOST;
    }
}
