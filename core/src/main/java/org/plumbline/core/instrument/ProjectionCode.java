package org.plumbline.core.instrument;

import org.plumbline.core.instrument.Projection.Move;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Statements that project a layer's value, see {@link Projection}: the numbers are written into the
 * code, or handed down in the list as directions, weights, levels and pooling. Immutable.
 *
 * <p>Numbers stand as decimals of the double that equals the float, which every reader rounds to
 * that float again, whatever it parses with; the engine folds them into one constant. They take the
 * device and type of the value, so the file may be loaded and moved anywhere, and neither weights
 * nor pickles change.
 */
record ProjectionCode(String purpose, List<String> numbers, List<String> pooled, boolean needsTaps)
        implements Insertion {
    /** Numbers on one line of code; 64 KB are the most an archive may have there. */
    private static final int PER_LINE = 256;

    /** Members of the list before a call appends its value. */
    static final int HANDED = 4;

    private static final String MEANS = "torch.matmul(torch.mean(pl_flat, [2]), torch.t(pl_h))";
    private static final String TOPS = "torch.matmul(torch.amax(pl_flat, [2]), torch.t(pl_h))";
    private static final List<String> EITHER =
            List.of(
                    "pl_tops = " + TOPS,
                    "pl_means = " + MEANS,
                    "pl_l = torch.where(torch.gt(pl_maxima, 0), pl_tops, pl_means)");

    private static final List<String> MOVE =
            List.of(
                    "pl_way = torch.matmul(torch.sub(pl_l, pl_u), pl_w)",
                    "pl_shift = torch.matmul(pl_way, pl_h)",
                    "pl_ones = torch.mul([1], torch.sub(torch.dim(pl_y), 2))",
                    "pl_rows = [torch.size(pl_y, 0)]",
                    "pl_channels = [torch.size(pl_h, 1)]",
                    "if pl_last:",
                    "  pl_shape = torch.add(torch.add(pl_rows, pl_ones), pl_channels)",
                    "else:",
                    "  pl_shape = torch.add(torch.add(pl_rows, pl_channels), pl_ones)",
                    "pl_z = torch.add(pl_y, torch.reshape(pl_shift, pl_shape))");

    /** Copies the lists. */
    ProjectionCode {
        numbers = List.copyOf(numbers);
        pooled = List.copyOf(pooled);
    }

    /** Returns statements with the numbers in them. */
    static ProjectionCode written(Projection projection) {
        int k = projection.moves().size();
        List<String> numbers = new ArrayList<>();
        numbers.addAll(constant("pl_h", projection.directions(), k, projection.dimension()));
        numbers.addAll(constant("pl_w", projection.weights(), k, k));
        numbers.addAll(constant("pl_u", projection.levels(), 1, k));
        List<Boolean> poolings = projection.moves().stream().map(Move::maximum).distinct().toList();
        if (poolings.size() == 1) {
            String pooled = poolings.get(0) ? TOPS : MEANS;
            return new ProjectionCode(
                    Projector.PURPOSE, numbers, List.of("pl_l = " + pooled), false);
        }
        numbers.addAll(constant("pl_maxima", projection.maxima(), 1, k));
        return new ProjectionCode(Projector.PURPOSE, numbers, EITHER, false);
    }

    /** Returns statements that take the numbers from the list handed down. */
    static ProjectionCode handed() {
        return new ProjectionCode(
                "mitigate",
                List.of(
                        "pl_h = pl_taps[0]",
                        "pl_w = pl_taps[1]",
                        "pl_u = pl_taps[2]",
                        "pl_maxima = pl_taps[3]",
                        "pl_k = torch.append(pl_taps, pl_h)"),
                EITHER,
                true);
    }

    @Override
    public List<String> lines() {
        return Stream.of(numbers, ChannelCode.flat("pl_y", "pl_h"), pooled, MOVE)
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public List<Route> followed(ClassSource type, MethodSource method, List<Route> routes)
            throws Untappable {
        return LastCall.of(type, method, routes);
    }

    private static List<String> constant(String name, float[] values, int rows, int columns) {
        List<String> lines = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < values.length; from += PER_LINE) {
            String part = name + "_" + parts.size();
            int to = Math.min(values.length, from + PER_LINE);
            lines.add(part + " = torch.tensor(" + literal(values, from, to) + ", dtype=6)");
            parts.add(part);
        }
        String all = "torch.reshape(torch.cat([" + String.join(", ", parts) + "], 0), [";
        lines.add(name + "_all = " + all + rows + ", " + columns + "])");
        lines.add(
                name
                        + " = torch.to("
                        + name
                        + "_all, ops.prim.device(pl_y), ops.prim.dtype(pl_y))");
        return lines;
    }

    private static String literal(float[] values, int from, int to) {
        StringBuilder text = new StringBuilder("[");
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ", ").append(Double.toString(values[i]));
        }
        return text.append(']').toString();
    }
}
