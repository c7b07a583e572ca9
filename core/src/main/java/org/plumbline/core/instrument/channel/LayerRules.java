package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.channel.Channels.Form;
import org.plumbline.core.instrument.channel.Layer.Shift;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What layers with weights make of channels. Confined to one thread. */
final class LayerRules {
    private static final int CONVOLUTION_AXES = 4;
    private static final int LINEAR_AXES = 2;
    private static final int TRAINING = 5;
    private static final int EPSILON = 7;

    private final ChannelFlow flow;
    private final Map<String, Integer> unshifted = new HashMap<>();

    LayerRules(ChannelFlow flow) {
        this.flow = flow;
    }

    /** A convolution or linear layer: reads channels and makes new ones. */
    Optional<Channels> linear(Call call, Operation operation) {
        Optional<LinearOperator> known = LinearOperator.of(call, flow.transposed());
        if (known.isEmpty()) {
            return refuse(operation, "a form of the operator that is not followed");
        }
        LinearOperator operator = known.get();
        if (operator.grouped()) {
            return refuse(operation, "grouped convolution: its code says the number of groups");
        }
        Optional<String> weight = flow.tensors().changeable(operator.weight());
        Optional<String> bias = operator.bias().flatMap(flow.tensors()::changeable);
        if (weight.isEmpty() || (operator.bias().isPresent() && bias.isEmpty())) {
            return refuse(operation, "its weight is shared, used twice or not float32");
        }
        FloatTensor values = flow.tensors().values(weight.get());
        if (values.rank() != (operator.convolution() ? CONVOLUTION_AXES : LINEAR_AXES)) {
            return refuse(operation, "a form of the operator that is not followed");
        }
        Form form = operator.convolution() ? Form.SPATIAL : Form.FLAT;
        Optional<Channels> inputs = inputs(operator, values.extent(1), form);
        if (inputs.isEmpty()) {
            return refuse(operation, "its input has a form that is not followed");
        }
        return Optional.of(layer(operator, values, inputs.get(), operation));
    }

    private Optional<Channels> inputs(LinearOperator operator, int count, Form form) {
        Optional<Channels> read = flow.value(operator.input());
        if (read.isEmpty()) {
            return Optional.of(Channels.fixed(form, count));
        }
        boolean fits = read.get().fits(count) && (form == Form.SPATIAL) == isSpatial(read.get());
        return read.filter(r -> fits).map(r -> r.spread(count));
    }

    private static boolean isSpatial(Channels channels) {
        return channels.form() == Form.SPATIAL;
    }

    private Channels layer(
            LinearOperator operator, FloatTensor values, Channels inputs, Operation operation) {
        String weight = flow.tensors().path(operator.weight()).orElseThrow();
        Optional<String> bias = operator.bias().flatMap(flow.tensors()::path);
        int[] units = flow.units().fresh(values.extent(0));
        flow.tensors().label(weight, 0, units);
        flow.tensors().label(weight, 1, inputs.units());
        bias.ifPresent(path -> flow.tensors().label(path, 0, units));
        Form form = operator.convolution() ? Form.SPATIAL : Form.FLAT;
        Channels none = new Channels(form, units, Channels.unknown(units.length));
        Optional<Shift> shift = bias.map(path -> new Shift(path, 1));
        Layer layer = new Layer(weight, values, inputs, none, operator.padded(), shift);
        Channels outputs = none.withConstants(constants(layer, bias));
        if (bias.isEmpty()) {
            operation.targets().forEach(name -> unshifted.put(name, flow.layers().size()));
        }
        flow.layers().add(new Layer(weight, values, inputs, outputs, operator.padded(), shift));
        return outputs;
    }

    /** An output is constant if every input it reads adds a constant. */
    private double[] constants(Layer layer, Optional<String> bias) {
        double[] constants = new double[layer.outputs().size()];
        for (int output = 0; output < constants.length; output++) {
            double sum = bias.isPresent() ? flow.tensors().values(bias.get()).values()[output] : 0;
            for (int input = 0; input < layer.inputs().size() && !Double.isNaN(sum); input++) {
                if (layer.reads(output, input)) {
                    sum +=
                            layer.isUniform(input)
                                    ? layer.inputs().constant(input)
                                            * layer.weightSum(output, input)
                                    : Double.NaN;
                }
            }
            constants[output] = sum;
        }
        return constants;
    }

    /** {@code (x, weight, bias, mean, variance, training, momentum, epsilon, ...)}. */
    Optional<Channels> batchNorm(Call call, Operation operation) {
        Optional<Channels> read = flow.value(call.arguments().get(0).value().text());
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Optional<Double> epsilon = call.positional(EPSILON).flatMap(Expression::number);
        Optional<FloatTensor> weight = vector(call, 1);
        Optional<FloatTensor> bias = vector(call, 2);
        Optional<FloatTensor> mean = vector(call, 3);
        Optional<FloatTensor> variance = vector(call, 4);
        boolean known =
                call.positional(TRAINING).equals(Optional.of(Literal.of(false)))
                        && epsilon.isPresent()
                        && mean.isPresent()
                        && variance.isPresent()
                        && (isNone(call, 1) || weight.isPresent())
                        && (isNone(call, 2) || bias.isPresent())
                        && read.get().fits(mean.get().rows());
        if (!known) {
            return refuse(operation, "a batch normalisation that is not followed");
        }
        Channels channels = read.get().spread(mean.get().rows());
        for (int place : List.of(1, 2, 3, 4)) {
            path(call, place).ifPresent(p -> flow.tensors().label(p, 0, channels.units()));
        }
        shift(call);
        double[] constants = channels.constants();
        for (int i = 0; i < constants.length; i++) {
            double scale = Math.sqrt(variance.get().values()[i] + epsilon.get());
            constants[i] = (constants[i] - mean.get().values()[i]) / scale;
            constants[i] *= entry(weight, i, 1);
            constants[i] += entry(bias, i, 0);
        }
        return Optional.of(channels.withConstants(constants));
    }

    /** A layer without bias whose only reader this is may shift its mean. */
    private void shift(Call call) {
        String input = call.arguments().get(0).value().text();
        Integer layer = unshifted.get(input);
        if (layer != null && flow.tensors().isReadOnce(input)) {
            Shift mean = new Shift(path(call, 3).orElseThrow(), -1);
            flow.layers().set(layer, flow.layers().get(layer).shiftedBy(mean));
        }
    }

    private static double entry(Optional<FloatTensor> vector, int at, double otherwise) {
        return vector.map(v -> (double) v.values()[at]).orElse(otherwise);
    }

    private Optional<FloatTensor> vector(Call call, int place) {
        return path(call, place).map(flow.tensors()::values);
    }

    private Optional<String> path(Call call, int place) {
        return call.positional(place).map(Expression::text).flatMap(flow.tensors()::changeable);
    }

    private static boolean isNone(Call call, int place) {
        return call.positional(place).equals(Optional.of(Literal.NONE));
    }

    private Optional<Channels> refuse(Operation operation, String reason) {
        flow.leave(operation.origin().module(), reason);
        return flow.refuse(operation, reason);
    }
}
