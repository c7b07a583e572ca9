package org.plumbline.core.instrument.channel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Which sets of units stay. Needed is what is pinned, and what an output of a needed unit reads and
 * cannot do without; the least such family is found by marking, as a garbage collector does. Of an
 * axis nobody needs one entry stays, inert: its weights are zero and nobody reads it. Confined to
 * one thread.
 */
final class Survival {
    private final ChannelFlow flow;
    private final Units units;
    private final BitSet needed = new BitSet();
    private final BitSet inert = new BitSet();
    private final List<List<Row>> rows = new ArrayList<>();

    /** One output of a layer. */
    private record Row(Layer layer, int output) {}

    private Survival(ChannelFlow flow) {
        this.flow = flow;
        this.units = flow.units();
    }

    /** Decides for every unit of a flow. */
    static Survival of(ChannelFlow flow) {
        Survival survival = new Survival(flow);
        survival.mark();
        return survival;
    }

    private void mark() {
        for (int unit = 0; unit < units.size(); unit++) {
            rows.add(new ArrayList<>());
        }
        for (Layer layer : flow.layers()) {
            for (int output = 0; output < layer.outputs().size(); output++) {
                rows.get(root(layer.outputs(), output)).add(new Row(layer, output));
            }
        }
        Deque<Integer> open = new ArrayDeque<>();
        for (int unit = 0; unit < units.size(); unit++) {
            if (units.root(unit) == unit && units.pinned(unit).isPresent()) {
                need(unit, open);
            }
        }
        while (!open.isEmpty()) {
            for (Row row : rows.get(open.remove())) {
                read(row, open);
            }
        }
    }

    private void read(Row row, Deque<Integer> open) {
        Layer layer = row.layer();
        for (int input = 0; input < layer.inputs().size(); input++) {
            int root = root(layer.inputs(), input);
            if (!needed.get(root) && !layer.isFoldable(input) && layer.reads(row.output(), input)) {
                need(root, open);
            }
        }
    }

    private void need(int root, Deque<Integer> open) {
        if (!needed.get(root)) {
            needed.set(root);
            open.add(root);
        }
    }

    private int root(Channels channels, int channel) {
        return units.root(channels.unit(channel));
    }

    /** Lets a unit go that nobody needs any more. */
    void release(int unit) {
        needed.clear(units.root(unit));
    }

    /** Makes one entry of every axis stay. */
    void keepOneOfEach() {
        flow.tensors().labels().values().forEach(axes -> axes.values().forEach(this::keepOne));
    }

    private void keepOne(int[] axis) {
        if (axis.length > 0 && Arrays.stream(axis).noneMatch(this::stays)) {
            inert.set(units.root(axis[0]));
        }
    }

    boolean isNeeded(int unit) {
        return needed.get(units.root(unit));
    }

    boolean isInert(int unit) {
        return inert.get(units.root(unit));
    }

    /** Returns whether a unit is in the shrunk archive. */
    boolean stays(int unit) {
        return isNeeded(unit) || isInert(unit);
    }

    /** Returns the entries of an axis that stay. */
    int[] kept(int[] axis) {
        int[] kept = new int[axis.length];
        int count = 0;
        for (int i = 0; i < axis.length; i++) {
            if (stays(axis[i])) {
                kept[count++] = i;
            }
        }
        return Arrays.copyOf(kept, count);
    }
}
