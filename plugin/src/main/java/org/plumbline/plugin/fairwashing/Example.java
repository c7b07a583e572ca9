package org.plumbline.plugin.fairwashing;

import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.DenseVector;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An input on which a signal is loud. Immutable.
 *
 * @param sample number of the input in its window
 * @param predicted class of its largest logit
 * @param value of the signal
 */
public record Example(int sample, long predicted, double value) {
    /** Returns the loudest examples of a signal, on the side on which it deviates. */
    static List<Example> of(Tested tested, List<SignalReading> readings, long[] classes, int most) {
        DenseVector values =
                readings.stream()
                        .filter(r -> r.signal().equals(tested.signal()))
                        .findFirst()
                        .orElseThrow()
                        .values();
        double side = tested.statistic() < tested.expected() && twoSided(tested) ? 1 : -1;
        return IntStream.range(0, values.dimension())
                .filter(i -> !Float.isNaN(values.at(i)))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> side * values.at(i)))
                .limit(most)
                .map(i -> new Example(i, classes[i], values.at(i)))
                .toList();
    }

    private static boolean twoSided(Tested tested) {
        return tested.signal().detector().twoSided();
    }

    /** Returns a method's signals that spoke, else the one that came nearest to it. */
    static List<Tested> telling(FairwashingVerdict verdict, ExplanationMethod method) {
        List<Tested> own =
                verdict.tested().stream()
                        .filter(t -> t.signal().method() == method)
                        .sorted(Comparator.comparingDouble(Tested::pValue))
                        .toList();
        List<Tested> spoke = own.stream().filter(verdict.spoke()::contains).toList();
        return spoke.isEmpty() ? own.stream().limit(1).toList() : spoke;
    }
}
