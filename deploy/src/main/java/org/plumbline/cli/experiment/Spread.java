package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Repeats of one number. Immutable.
 *
 * @param mean NaN without repeats
 * @param deviation sample standard deviation (n - 1); NaN with fewer than two
 * @param values in the order of the seeds
 */
record Spread(double mean, double deviation, List<Double> values) {
    Spread {
        values = List.copyOf(values);
    }

    /** Returns the spread of those values that are numbers. */
    static Spread of(double... values) {
        double[] known = Arrays.stream(values).filter(Double::isFinite).toArray();
        double mean = Arrays.stream(known).average().orElse(Double.NaN);
        double squares = Arrays.stream(known).map(v -> (v - mean) * (v - mean)).sum();
        double deviation = known.length < 2 ? Double.NaN : Math.sqrt(squares / (known.length - 1));
        return new Spread(mean, deviation, Arrays.stream(known).boxed().toList());
    }

    /** Returns the numbers, null where there is none. */
    ObjectNode json() {
        ObjectNode node = Output.object();
        node.put("mean", Double.isNaN(mean) ? null : Double.valueOf(mean));
        node.put("sd", Double.isNaN(deviation) ? null : Double.valueOf(deviation));
        node.put("n", values.size());
        values.forEach(node.putArray("values")::add);
        return node;
    }

    /** Returns {@code mean ± deviation}, or a dash. */
    String text() {
        if (Double.isNaN(mean)) {
            return "-";
        }
        return Double.isNaN(deviation)
                ? String.format(Locale.ROOT, "%.4g", mean)
                : String.format(Locale.ROOT, "%.4g ± %.2g", mean, deviation);
    }
}
