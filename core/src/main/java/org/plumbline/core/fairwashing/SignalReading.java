package org.plumbline.core.fairwashing;

import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.DenseVector;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What a signal says of every input. Immutable.
 *
 * @param values {@code [n]}, larger is more suspicious; NaN where undefined
 */
public record SignalReading(Signal signal, DenseVector values) {
    /** Returns a reading of values rounded to float. */
    static SignalReading of(Detector detector, ExplanationMethod method, double[] values) {
        return new SignalReading(new Signal(detector, method), DenseVector.copyOf(values));
    }

    /** Returns the number of inputs for which it is defined. */
    public int count() {
        return (int) defined().count();
    }

    /** Returns the mean where defined, NaN without any. */
    public double mean() {
        return defined().average().orElse(Double.NaN);
    }

    /** Returns the sample standard deviation between inputs, 0 for fewer than two. */
    public double deviation() {
        double mean = mean();
        double squares = defined().map(v -> (v - mean) * (v - mean)).sum();
        return count() < 2 ? 0 : Math.sqrt(squares / (count() - 1));
    }

    /** Returns the inputs with the largest values, largest first. */
    public List<Integer> loudest(int most) {
        return IntStream.range(0, values.dimension())
                .filter(i -> !Float.isNaN(values.at(i)))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -values.at(i)))
                .limit(most)
                .toList();
    }

    private DoubleStream defined() {
        return IntStream.range(0, values.dimension())
                .mapToDouble(values::at)
                .filter(v -> !Double.isNaN(v));
    }
}
