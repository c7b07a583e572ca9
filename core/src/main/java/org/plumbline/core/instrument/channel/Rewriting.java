package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.channel.ConstantJoin.Addition;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * New values of the tensors whose channels go: what a constant channel added is added where it was
 * read, then the entries that stay are copied. Confined to one thread.
 */
final class Rewriting {
    private final ChannelFlow flow;
    private final Survival survival;
    private final Map<String, FloatTensor> changed = new LinkedHashMap<>();

    Rewriting(ChannelFlow flow, Survival survival) {
        this.flow = flow;
        this.survival = survival;
    }

    /** Returns the tensors that differ by attribute path. */
    Map<String, FloatTensor> tensors(List<Addition> additions) {
        additions.forEach(this::add);
        flow.layers().forEach(this::fold);
        flow.layers().forEach(this::quieten);
        Map<String, FloatTensor> sliced = new LinkedHashMap<>();
        flow.tensors()
                .labels()
                .forEach(
                        (path, axes) -> {
                            FloatTensor tensor = current(path);
                            for (Map.Entry<Integer, int[]> axis : axes.entrySet()) {
                                int[] kept = survival.kept(axis.getValue());
                                tensor = sliced(tensor, axis.getKey(), kept);
                            }
                            if (!tensor.sameValues(flow.tensors().values(path))) {
                                sliced.put(path, tensor);
                            }
                        });
        return sliced;
    }

    private FloatTensor current(String path) {
        FloatTensor edited = changed.get(path);
        return edited == null ? flow.tensors().values(path) : edited;
    }

    private FloatTensor editable(String path) {
        return changed.computeIfAbsent(
                path,
                p -> {
                    FloatTensor values = flow.tensors().values(p);
                    return FloatTensor.of(values.values().clone(), values.shape());
                });
    }

    private void add(Addition addition) {
        Layer layer = flow.layers().get(addition.layer());
        FloatTensor weight = editable(layer.weight());
        int kernel = layer.kernel();
        for (int output = 0; output < weight.rows(); output++) {
            int row = output * weight.rowSize();
            for (int i = 0; i < kernel; i++) {
                int from = row + addition.from() * kernel + i;
                int to = row + addition.to() * kernel + i;
                weight.values()[to] += (float) (addition.factor() * weight.values()[from]);
                weight.values()[from] = 0;
            }
        }
    }

    /** Adds what constant inputs that go have added to the outputs that stay. */
    private void fold(Layer layer) {
        FloatTensor weight = current(layer.weight());
        layer.shift()
                .ifPresent(
                        shift -> {
                            for (int output = 0; output < weight.rows(); output++) {
                                double added = added(layer, weight, output);
                                if (added != 0 && survival.isNeeded(layer.outputs().unit(output))) {
                                    float[] target = editable(shift.tensor()).values();
                                    target[output] += (float) (shift.sign() * added);
                                }
                            }
                        });
    }

    private double added(Layer layer, FloatTensor weight, int output) {
        double added = 0;
        for (int input = 0; input < layer.inputs().size(); input++) {
            double constant = layer.inputs().constant(input);
            if (Double.isFinite(constant)
                    && constant != 0
                    && !survival.isNeeded(layer.inputs().unit(input))) {
                added += constant * Layer.sum(weight, output, input);
            }
        }
        return added;
    }

    /** Zeroes what an inert unit reads and what reads it. */
    private void quieten(Layer layer) {
        for (int output = 0; output < layer.outputs().size(); output++) {
            boolean inert = survival.isInert(layer.outputs().unit(output));
            for (int input = 0; input < layer.inputs().size(); input++) {
                if (inert || survival.isInert(layer.inputs().unit(input))) {
                    int from = (output * layer.inputs().size() + input) * layer.kernel();
                    float[] weight = editable(layer.weight()).values();
                    Arrays.fill(weight, from, from + layer.kernel(), 0);
                }
            }
        }
    }

    /** Returns some entries of an axis. */
    static FloatTensor sliced(FloatTensor tensor, int axis, int[] kept) {
        if (kept.length == tensor.extent(axis)) {
            return tensor;
        }
        long[] shape = tensor.shape();
        int run = 1;
        for (int i = axis + 1; i < shape.length; i++) {
            run *= (int) shape[i];
        }
        int stride = run * (int) shape[axis];
        int outer = stride == 0 ? 0 : tensor.values().length / stride;
        shape[axis] = kept.length;
        FloatTensor sliced = FloatTensor.zeros(shape);
        for (int block = 0; block < outer; block++) {
            for (int i = 0; i < kept.length; i++) {
                System.arraycopy(
                        tensor.values(),
                        block * stride + kept[i] * run,
                        sliced.values(),
                        (block * kept.length + i) * run,
                        run);
            }
        }
        return sliced;
    }
}
