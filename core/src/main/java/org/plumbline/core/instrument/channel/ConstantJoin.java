package org.plumbline.core.instrument.channel;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Lets one channel stand for several that are constant. A constant that is read behind zero padding
 * adds less at the borders, so that it is no bias; but {@code sum_i c_i conv(1, w_i) = c conv(1,
 * sum_i (c_i / c) w_i)}, so that of all such channels with the same readers one is enough, the one
 * with the largest constant. Confined to one thread.
 */
final class ConstantJoin {
    private final ChannelFlow flow;
    private final Survival survival;

    /** Reads of a unit: layer and input. */
    private record Place(int layer, int input) {}

    /** A layer in which the weights of an input are added to those of another. */
    record Addition(int layer, int from, int to, double factor) {}

    ConstantJoin(ChannelFlow flow, Survival survival) {
        this.flow = flow;
        this.survival = survival;
    }

    /** Releases the units that another can stand for, and returns what that takes. */
    List<Addition> join() {
        Map<Integer, List<Place>> reads = reads();
        Map<Set<Integer>, List<Integer>> alike = new LinkedHashMap<>();
        reads.forEach(
                (unit, places) -> {
                    Set<Integer> bordered = new TreeSet<>();
                    places.stream().filter(this::isBordered).forEach(p -> bordered.add(p.layer()));
                    if (isConstant(unit, places) && !bordered.isEmpty()) {
                        alike.computeIfAbsent(bordered, b -> new ArrayList<>()).add(unit);
                    }
                });
        List<Addition> additions = new ArrayList<>();
        alike.forEach((layers, members) -> join(layers, members, reads, additions));
        return additions;
    }

    /** Returns where needed outputs read each needed unit. */
    private Map<Integer, List<Place>> reads() {
        Map<Integer, List<Place>> reads = new TreeMap<>();
        for (int at = 0; at < flow.layers().size(); at++) {
            Layer layer = flow.layers().get(at);
            for (int input = 0; input < layer.inputs().size(); input++) {
                int unit = flow.units().root(layer.inputs().unit(input));
                if (survival.isNeeded(unit) && isRead(layer, input)) {
                    reads.computeIfAbsent(unit, u -> new ArrayList<>()).add(new Place(at, input));
                }
            }
        }
        return reads;
    }

    private boolean isRead(Layer layer, int input) {
        for (int output = 0; output < layer.outputs().size(); output++) {
            if (survival.isNeeded(layer.outputs().unit(output)) && layer.reads(output, input)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the needed units that some needed output reads where they vary. */
    BitSet varying() {
        BitSet varying = new BitSet();
        reads().forEach(
                        (unit, places) -> {
                            if (!places.stream().allMatch(p -> Double.isFinite(constant(p)))) {
                                varying.set(unit);
                            }
                        });
        return varying;
    }

    private boolean isConstant(int unit, List<Place> places) {
        return flow.units().pinned(unit).isEmpty()
                && places.stream().allMatch(p -> Double.isFinite(constant(p)));
    }

    private double constant(Place place) {
        return flow.layers().get(place.layer()).inputs().constant(place.input());
    }

    private boolean isBordered(Place place) {
        return !flow.layers().get(place.layer()).isFoldable(place.input());
    }

    private void join(
            Set<Integer> layers,
            List<Integer> members,
            Map<Integer, List<Place>> reads,
            List<Addition> additions) {
        int standing =
                members.stream()
                        .max(Comparator.comparingDouble(unit -> smallest(placesOf(unit, reads))))
                        .orElseThrow();
        for (int unit : members) {
            if (unit != standing) {
                for (Place from : placesOf(unit, reads)) {
                    if (layers.contains(from.layer()) && isBordered(from)) {
                        Place to = largest(from.layer(), placesOf(standing, reads));
                        double factor = constant(from) / constant(to);
                        additions.add(new Addition(from.layer(), from.input(), to.input(), factor));
                    }
                }
                survival.release(unit);
            }
        }
    }

    private static List<Place> placesOf(int unit, Map<Integer, List<Place>> reads) {
        return reads.getOrDefault(unit, List.of());
    }

    private double smallest(List<Place> places) {
        return places.stream()
                .filter(this::isBordered)
                .mapToDouble(p -> Math.abs(constant(p)))
                .min()
                .orElse(0);
    }

    private Place largest(int layer, List<Place> places) {
        return places.stream()
                .filter(p -> p.layer() == layer)
                .max(Comparator.comparingDouble(p -> Math.abs(constant(p))))
                .orElseThrow();
    }
}
