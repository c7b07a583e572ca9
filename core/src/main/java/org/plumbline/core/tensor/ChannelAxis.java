package org.plumbline.core.tensor;

/**
 * Which axis of an activation holds the channels. Thread-safe.
 *
 * <p>Convolutions put them behind the samples, {@code [n, d, h, w]}; transformers put them last,
 * {@code [n, t, d]}, and some vision models too, {@code [n, h, w, d]}. The dimension of a concept
 * vector decides; where both axes have it, three axes are taken to be tokens (last) and other
 * numbers of axes to be feature maps (first).
 */
public final class ChannelAxis {
    private static final int TOKENS = 3;
    private static final int MAP = 4;

    private ChannelAxis() {}

    /**
     * Returns the axis whose extent is the dimension of a concept vector.
     *
     * @param tensor {@code [n, ...]}, at least two axes
     * @param dimension components of the vector
     * @throws IllegalArgumentException if neither axis 1 nor the last one has that extent
     */
    public static int of(FloatTensor tensor, int dimension) {
        int last = tensor.rank() - 1;
        int preferred = tensor.rank() == TOKENS ? last : 1;
        int other = tensor.rank() == TOKENS ? 1 : last;
        for (int axis : new int[] {preferred, other}) {
            if (tensor.extent(axis) == dimension) {
                return axis;
            }
        }
        throw new IllegalArgumentException(
                "cav: " + dimension + " components (expected: " + tensor.extent(preferred) + ")");
    }

    /**
     * Returns the axis to take where no concept vector decides: the last one of three; of four the
     * last one if only the two before it are equal, as in {@code [n, 7, 7, d]}; else axis 1.
     */
    public static int usual(FloatTensor tensor) {
        boolean tokens = tensor.rank() == TOKENS;
        boolean lastOfMap =
                tensor.rank() == MAP
                        && tensor.extent(1) == tensor.extent(2)
                        && tensor.extent(2) != tensor.extent(3);
        return tokens || lastOfMap ? tensor.rank() - 1 : 1;
    }

    /**
     * Returns the tensor with the channels behind the samples.
     *
     * @param axis where they are, 1 or the last one
     * @return {@code [n, d, ...]}, the same object if they are there already
     */
    public static FloatTensor first(FloatTensor tensor, int axis) {
        if (axis == 1) {
            return tensor;
        }
        int channels = tensor.extent(axis);
        int locations = tensor.rowSize() / channels;
        float[] moved = new float[tensor.values().length];
        for (int i = 0; i < tensor.rows(); i++) {
            int row = i * tensor.rowSize();
            for (int p = 0; p < locations; p++) {
                for (int c = 0; c < channels; c++) {
                    moved[row + c * locations + p] = tensor.values()[row + p * channels + c];
                }
            }
        }
        long[] old = tensor.shape();
        long[] shape = new long[old.length];
        shape[0] = old[0];
        shape[1] = channels;
        System.arraycopy(old, 1, shape, 2, old.length - 2);
        return FloatTensor.of(moved, shape);
    }
}
