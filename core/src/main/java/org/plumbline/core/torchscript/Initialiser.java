package org.plumbline.core.torchscript;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Draws the values an archive's parameters had before training, by the rules of the layers they
 * belong to, so that a network can be trained from scratch although only its archive is left.
 *
 * <table>
 * <caption>Rules</caption>
 * <tr><th>layer</th><th>values</th></tr>
 * <tr><td>convolution, linear</td><td>weight and bias uniform in {@code +-1 / sqrt(fan_in)}, {@code
 *     fan_in} the product of the weight's extents behind the first; or as {@link Convolutions} says
 *     </td></tr>
 * <tr><td>normalisation (batch, group, layer, instance)</td><td>weight 1, bias 0, running mean 0,
 *     running variance 1</td></tr>
 * <tr><td>embedding</td><td>standard normal</td></tr>
 * <tr><td>multi-head attention</td><td>weights Glorot-uniform, biases 0</td></tr>
 * <tr><td>others, several axes longer than 1</td><td>normal, standard deviation 0.02</td></tr>
 * <tr><td>others</td><td>kept: see {@link #kept}</td></tr>
 * </table>
 *
 * <p>Source: PyTorch, {@code reset_parameters} of {@code torch.nn}; torchvision, {@code resnet.py};
 * for others the convention of vision transformers. The draws are ours: one stream for each
 * parameter, so that they do not depend on other layers. Thread-safe.
 */
public final class Initialiser {
    private static final double SMALL = 0.02;
    private static final List<String> NORMALISATIONS =
            List.of("BatchNorm", "GroupNorm", "LayerNorm", "InstanceNorm");

    private final Archive archive;
    private final Convolutions convolutions;

    /** How weights of convolutions are drawn. */
    public enum Convolutions {
        /** As linear layers, PyTorch's default. */
        UNIFORM,
        /**
         * Normal with variance {@code 2 / fan_out}, {@code fan_out} the weight's extents without
         * the second: torchvision's residual networks.
         */
        KAIMING_NORMAL
    }

    /** Prepares draws for an archive, which is borrowed. */
    public Initialiser(Archive archive, Convolutions convolutions) {
        this.archive = archive;
        this.convolutions = convolutions;
    }

    /**
     * Draws every parameter that has a rule, and sets running statistics.
     *
     * @return values by attribute path, for {@code RepairedArchive.patch} or a loaded model
     */
    public Map<String, FloatTensor> draw(long seed) {
        Map<String, FloatTensor> values = new LinkedHashMap<>();
        SplittableRandom streams = new SplittableRandom(seed);
        for (StoredTensor parameter : archive.parameters()) {
            SplittableRandom random = streams.split();
            if (hasRule(parameter)) {
                values.put(parameter.name(), drawn(parameter, random));
            }
        }
        for (StoredTensor tensor : archive.tensors().values()) {
            if (tensor.kind() == DataKind.FLOAT32 && isStatistic(tensor)) {
                boolean variance = leaf(tensor).equals("running_var");
                values.put(tensor.name(), filled(tensor, variance ? 1 : 0));
            }
        }
        return values;
    }

    /** Names the parameters that no rule covers; they keep the archive's values. */
    public SortedSet<String> kept() {
        SortedSet<String> names = new TreeSet<>();
        archive.parameters().stream()
                .filter(p -> !hasRule(p))
                .forEach(parameter -> names.add(parameter.name()));
        return names;
    }

    private boolean hasRule(StoredTensor parameter) {
        return longAxes(parameter) > 1
                || isNormalisation(parameter)
                || type(parameter).equals("MultiheadAttention")
                || sibling(parameter, "weight").filter(w -> longAxes(w) > 1).isPresent()
                || type(parameter).contains("Linear")
                || type(parameter).contains("Conv");
    }

    private FloatTensor drawn(StoredTensor parameter, SplittableRandom random) {
        String type = type(parameter);
        boolean weight = leaf(parameter).equals("weight");
        if (isNormalisation(parameter)) {
            return filled(parameter, weight ? 1 : 0);
        } else if (type.equals("MultiheadAttention")) {
            return parameter.shape().size() > 1
                    ? uniform(parameter, random, glorot(parameter))
                    : filled(parameter, 0);
        } else if (type.equals("Embedding")) {
            return normal(parameter, random, 1);
        } else if (type.contains("Conv") && weight && convolutions == Convolutions.KAIMING_NORMAL) {
            return normal(parameter, random, Math.sqrt(2 / fanOut(parameter)));
        } else if (type.contains("Conv") || type.contains("Linear") || isPlain(parameter)) {
            StoredTensor fan = sibling(parameter, "weight").orElse(parameter);
            return uniform(parameter, random, 1 / Math.sqrt(Math.max(1, fanIn(fan))));
        }
        return normal(parameter, random, SMALL);
    }

    /** Returns whether a tensor is weight or bias of a layer of ordinary form but unknown name. */
    private boolean isPlain(StoredTensor parameter) {
        return List.of("weight", "bias").contains(leaf(parameter))
                && sibling(parameter, "weight").isPresent();
    }

    private boolean isNormalisation(StoredTensor parameter) {
        return NORMALISATIONS.stream().anyMatch(type(parameter)::contains)
                || sibling(parameter, "running_mean").isPresent();
    }

    private static boolean isStatistic(StoredTensor tensor) {
        return List.of("running_mean", "running_var").contains(leaf(tensor));
    }

    private Optional<StoredTensor> sibling(StoredTensor tensor, String name) {
        String owner = owner(tensor);
        return Optional.ofNullable(
                archive.tensors().get(owner.isEmpty() ? name : owner + "." + name));
    }

    private String type(StoredTensor tensor) {
        return archive.module(owner(tensor)).map(ModuleNode::simpleType).orElse("");
    }

    private static String owner(StoredTensor tensor) {
        return tensor.name().substring(0, Math.max(0, tensor.name().lastIndexOf('.')));
    }

    private static String leaf(StoredTensor tensor) {
        return tensor.name().substring(tensor.name().lastIndexOf('.') + 1);
    }

    private static long longAxes(StoredTensor tensor) {
        return tensor.shape().stream().filter(extent -> extent > 1).count();
    }

    private static double fanIn(StoredTensor weight) {
        return (double) weight.size() / weight.shape().get(0);
    }

    private static double fanOut(StoredTensor weight) {
        return (double) weight.size() / weight.shape().get(1);
    }

    private static double glorot(StoredTensor weight) {
        return Math.sqrt(6.0 / (weight.shape().get(0) + weight.shape().get(1)));
    }

    private static FloatTensor uniform(StoredTensor tensor, SplittableRandom random, double bound) {
        FloatTensor values = filled(tensor, 0);
        for (int i = 0; i < values.values().length; i++) {
            values.values()[i] = (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return values;
    }

    private static FloatTensor normal(StoredTensor tensor, SplittableRandom random, double sd) {
        FloatTensor values = filled(tensor, 0);
        for (int i = 0; i < values.values().length; i++) {
            values.values()[i] = (float) (random.nextGaussian() * sd);
        }
        return values;
    }

    private static FloatTensor filled(StoredTensor tensor, float value) {
        FloatTensor values =
                FloatTensor.zeros(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        Arrays.fill(values.values(), value);
        return values;
    }
}
