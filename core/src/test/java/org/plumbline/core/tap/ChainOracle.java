package org.plumbline.core.tap;

import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.StoredTensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;

/**
 * LRP of {@code chain.*.pt} layer by layer on plain arrays in double precision: 3x3 convolution
 * with padding, ReLU, 2x2 means, 3x3 convolution of stride 2, ReLU, linear layer. Every rule is a
 * sum over explicit contributions {@code x_i w_ij}; nothing is shared with the product.
 */
public final class ChainOracle {
    /** How one weighted layer shares relevance. */
    public enum Rule {
        EPSILON,
        PLUS,
        FLAT,
        BOX
    }

    private final double epsilon;
    private final boolean signed;
    private final boolean biases;
    private final double low;
    private final double high;
    private final double[] w1;
    private final double[] b1;
    private final double[] w2;
    private final double[] b2;
    private final double[] w3;
    private final double[] b3;

    public ChainOracle(
            Path archive, double epsilon, boolean signed, boolean biases, double low, double high)
            throws IOException {
        this.epsilon = epsilon;
        this.signed = signed;
        this.biases = biases;
        this.low = low;
        this.high = high;
        try (Archive opened = Archive.open(archive)) {
            w1 = read(opened, "features.0.weight");
            b1 = read(opened, "features.0.bias");
            w2 = read(opened, "features.3.weight");
            b2 = read(opened, "features.3.bias");
            w3 = read(opened, "classifier.weight");
            b3 = read(opened, "classifier.bias");
        }
    }

    private static double[] read(Archive archive, String name) throws IOException {
        StoredTensor tensor = Objects.requireNonNull(archive.tensors().get(name), name);
        byte[] bytes = archive.read("data/" + tensor.key(), 1 << 20).orElseThrow();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[(int) tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = buffer.getFloat((int) (tensor.offset() + i) * Float.BYTES);
        }
        return values;
    }

    /** One connection of a layer. */
    private record Link(int input, int output, int weight) {}

    /** Returns the relevance of the pixels {@code [2, 10, 10]} for one logit. */
    double[] explain(double[] x, int target, Rule first, Rule convolution, boolean fromLogit) {
        List<Link> links1 = convolution(2, 10, 4, 3, 1, 1);
        List<Link> links2 = convolution(4, 5, 6, 3, 2, 0);
        List<Link> links3 = dense(24, 3);
        double[] z1 = forward(x, links1, w1, perMap(b1, 100));
        double[] a1 = map(z1, v -> Math.max(v, 0));
        double[] p = means(a1, 4, 10);
        double[] z2 = forward(p, links2, w2, perMap(b2, 4));
        double[] a2 = map(z2, v -> Math.max(v, 0));
        double[] y = forward(a2, links3, w3, b3);
        double[] r3 = new double[3];
        r3[target] = fromLogit ? y[target] : 1;
        Rule dense = convolution == Rule.PLUS && !biases ? Rule.PLUS : Rule.EPSILON;
        double[] r2 = back(a2, links3, w3, b3, r3, dense);
        double[] rp = back(p, links2, w2, perMap(b2, 4), r2, convolution);
        double[] r1 = meansBack(a1, p, rp, 4, 10);
        return back(x, links1, w1, perMap(b1, 100), r1, first);
    }

    /**
     * Returns the relevance of the pixels {@code [2, 10, 10]} that starts behind the second ReLU,
     * or in front of it, as {@code max(z, 0) h}.
     */
    public double[] localise(double[] x, double[] h, Rule first, Rule convolution) {
        List<Link> links1 = convolution(2, 10, 4, 3, 1, 1);
        List<Link> links2 = convolution(4, 5, 6, 3, 2, 0);
        double[] a1 = map(forward(x, links1, w1, perMap(b1, 100)), v -> Math.max(v, 0));
        double[] p = means(a1, 4, 10);
        double[] r2 = map(forward(p, links2, w2, perMap(b2, 4)), v -> Math.max(v, 0));
        for (int i = 0; i < r2.length; i++) {
            r2[i] *= h[i / 4];
        }
        double[] rp = back(p, links2, w2, perMap(b2, 4), r2, convolution);
        return back(x, links1, w1, perMap(b1, 100), meansBack(a1, p, rp, 4, 10), first);
    }

    private double[] back(
            double[] x, List<Link> links, double[] w, double[] bias, double[] r, Rule rule) {
        double[] z = new double[r.length];
        for (Link link : links) {
            z[link.output()] += share(x[link.input()], w[link.weight()], rule);
        }
        for (int j = 0; j < z.length && biases; j++) {
            z[j] += rule == Rule.EPSILON ? bias[j] : rule == Rule.PLUS ? Math.max(bias[j], 0) : 0;
        }
        double[] out = new double[x.length];
        for (Link link : links) {
            double share = share(x[link.input()], w[link.weight()], rule);
            out[link.input()] += share * r[link.output()] / stabilised(z[link.output()]);
        }
        return out;
    }

    private double share(double x, double w, Rule rule) {
        return switch (rule) {
            case EPSILON -> x * w;
            case PLUS -> Math.max(x * w, 0);
            case FLAT -> 1;
            case BOX -> x * w - low * Math.max(w, 0) - high * Math.min(w, 0);
        };
    }

    private double stabilised(double z) {
        return z + (signed && z < 0 ? -epsilon : epsilon);
    }

    private static double[] forward(double[] x, List<Link> links, double[] w, double[] bias) {
        double[] z = bias.clone();
        for (Link link : links) {
            z[link.output()] += x[link.input()] * w[link.weight()];
        }
        return z;
    }

    private static List<Link> convolution(
            int maps, int size, int outMaps, int kernel, int stride, int padding) {
        int outSize = (size + 2 * padding - kernel) / stride + 1;
        List<Link> links = new ArrayList<>();
        for (int o = 0; o < outMaps * outSize * outSize; o++) {
            int m = o / (outSize * outSize);
            int top = o / outSize % outSize * stride - padding;
            int left = o % outSize * stride - padding;
            for (int k = 0; k < maps * kernel * kernel; k++) {
                int y = top + k / kernel % kernel;
                int x = left + k % kernel;
                if (y >= 0 && y < size && x >= 0 && x < size) {
                    int input = (k / (kernel * kernel) * size + y) * size + x;
                    links.add(new Link(input, o, m * maps * kernel * kernel + k));
                }
            }
        }
        return links;
    }

    private static List<Link> dense(int inputs, int outputs) {
        List<Link> links = new ArrayList<>();
        for (int j = 0; j < outputs; j++) {
            for (int i = 0; i < inputs; i++) {
                links.add(new Link(i, j, j * inputs + i));
            }
        }
        return links;
    }

    private static double[] means(double[] x, int maps, int size) {
        double[] out = new double[maps * size * size / 4];
        for (int i = 0; i < x.length; i++) {
            out[pooled(i, size)] += x[i] / 4;
        }
        return out;
    }

    private double[] meansBack(double[] x, double[] z, double[] r, int maps, int size) {
        double[] out = new double[maps * size * size];
        for (int i = 0; i < out.length; i++) {
            int j = pooled(i, size);
            out[i] = x[i] / 4 * r[j] / stabilised(z[j]);
        }
        return out;
    }

    private static int pooled(int i, int size) {
        int map = i / (size * size);
        int half = size / 2;
        return (map * half + i / size % size / 2) * half + i % size / 2;
    }

    private static double[] perMap(double[] bias, int area) {
        double[] all = new double[bias.length * area];
        for (int i = 0; i < all.length; i++) {
            all[i] = bias[i / area];
        }
        return all;
    }

    private static double[] map(double[] x, DoubleUnaryOperator f) {
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = f.applyAsDouble(x[i]);
        }
        return out;
    }
}
