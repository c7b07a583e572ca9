package org.plumbline.core.fairwashing;

import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * What a model answered and how it explained it: heat maps by method, magnitudes summed over
 * channels and divided by their sum, as they are and projected on the tangent spaces. Borrows its
 * arrays; immutable.
 */
public final class Examination {
    private final int clean;
    private final FloatTensor logits;
    private final Map<ExplanationMethod, FloatTensor> maps;
    private final Map<ExplanationMethod, FloatTensor> projected;
    private final Map<ExplanationMethod, double[]> removal;

    /**
     * Puts together what was computed.
     *
     * @param clean inputs it was examined with
     * @param logits {@code [n, classes]}
     * @param maps {@code [n, h, w]} by method
     * @param projected the same methods
     * @param removal {@link RegionRemoval} by method; methods may be missing
     */
    Examination(
            int clean,
            FloatTensor logits,
            Map<ExplanationMethod, FloatTensor> maps,
            Map<ExplanationMethod, FloatTensor> projected,
            Map<ExplanationMethod, double[]> removal) {
        this.clean = clean;
        this.logits = logits;
        this.maps = new EnumMap<>(maps);
        this.projected = new EnumMap<>(projected);
        this.removal = new EnumMap<>(removal);
    }

    /**
     * Returns an examination of all inputs from those of its parts, in order.
     *
     * @param parts at least one, of the same methods
     */
    public static Examination joined(List<Examination> parts) {
        Examination first = parts.get(0);
        Map<ExplanationMethod, double[]> removal = new EnumMap<>(ExplanationMethod.class);
        first.removal
                .keySet()
                .forEach(
                        method ->
                                removal.put(
                                        method,
                                        parts.stream()
                                                .flatMapToDouble(
                                                        p -> Arrays.stream(p.removal.get(method)))
                                                .toArray()));
        return new Examination(
                first.clean,
                FloatTensor.concat(parts.stream().map(p -> p.logits).toList()),
                concat(first.methods(), parts, Examination::maps),
                concat(first.methods(), parts, Examination::projected),
                removal);
    }

    private static Map<ExplanationMethod, FloatTensor> concat(
            Set<ExplanationMethod> methods,
            List<Examination> parts,
            BiFunction<Examination, ExplanationMethod, FloatTensor> maps) {
        Map<ExplanationMethod, FloatTensor> all = new EnumMap<>(ExplanationMethod.class);
        for (ExplanationMethod method : methods) {
            all.put(
                    method,
                    FloatTensor.concat(parts.stream().map(p -> maps.apply(p, method)).toList()));
        }
        return all;
    }

    /** Returns the number of clean inputs among which neighbours were found. */
    public int clean() {
        return clean;
    }

    /** Returns the number of inputs. */
    public int size() {
        return logits.rows();
    }

    /** Returns the methods explained by. */
    public Set<ExplanationMethod> methods() {
        return Collections.unmodifiableSet(maps.keySet());
    }

    /** Returns the class of the largest logit of each input. */
    public long[] classes() {
        long[] classes = new long[size()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = logits.largest(i);
        }
        return classes;
    }

    /** Returns a method's maps, {@code [n, h, w]}. */
    public FloatTensor maps(ExplanationMethod method) {
        return present(maps, method);
    }

    /** Returns a method's projected maps, {@code [n, h, w]}. */
    public FloatTensor projected(ExplanationMethod method) {
        return present(projected, method);
    }

    private static FloatTensor present(
            Map<ExplanationMethod, FloatTensor> all, ExplanationMethod method) {
        FloatTensor found = all.get(method);
        if (found == null) {
            throw new IllegalArgumentException(
                    "method: " + method + " (expected: one of " + all.keySet() + ")");
        }
        return found;
    }

    /** Returns what every detector says that needs no second model. */
    public List<SignalReading> readings() {
        List<SignalReading> readings = new ArrayList<>();
        maps.forEach(
                (method, own) -> {
                    FloatTensor flat = projected(method);
                    readings.add(
                            SignalReading.of(
                                    Detector.RESEMBLANCE,
                                    method,
                                    Resemblance.of(own, flat, classes())));
                    readings.add(
                            SignalReading.of(
                                    Detector.PROJECTION, method, ProjectionGap.of(own, flat)));
                    readings.add(
                            SignalReading.of(
                                    Detector.PROJECTED_RESEMBLANCE,
                                    method,
                                    Resemblance.amongClasses(flat, classes())));
                    methods(method, own, readings);
                    double[] shares = removal.get(method);
                    if (shares != null) {
                        readings.add(SignalReading.of(Detector.REMOVAL, method, shares));
                    }
                });
        return readings;
    }

    private double[] referenceGaps(
            ExplanationMethod method, FloatTensor own, Examination reference) {
        double[] gaps = ReferenceGap.of(own, reference.maps(method), logits, reference.logits);
        double[] flat =
                ReferenceGap.of(
                        projected(method), reference.projected(method), logits, reference.logits);
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (gaps[i] + flat[i]) / 2;
        }
        return gaps;
    }

    private void methods(ExplanationMethod method, FloatTensor own, List<SignalReading> readings) {
        Map<ExplanationMethod, FloatTensor> others = new EnumMap<>(maps);
        others.remove(method);
        if (!others.isEmpty()) {
            readings.add(
                    SignalReading.of(Detector.METHODS, method, MethodGap.of(own, others.values())));
        }
    }

    /**
     * Returns what every detector says, a reference version's examination of the same inputs too.
     */
    public List<SignalReading> readings(Examination reference) {
        List<SignalReading> readings = new ArrayList<>(readings());
        maps.forEach(
                (method, own) ->
                        readings.add(
                                SignalReading.of(
                                        Detector.REFERENCE,
                                        method,
                                        referenceGaps(method, own, reference))));
        return readings;
    }
}
