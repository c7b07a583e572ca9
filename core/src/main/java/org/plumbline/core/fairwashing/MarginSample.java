package org.plumbline.core.fairwashing;

import org.plumbline.core.fairwashing.HonestModels.Moments;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one model of a calibration population shows beside its twins. Immutable.
 *
 * @param own means of the model's signals
 * @param twins readings of its honest twins
 */
public record MarginSample(Map<Signal, Double> own, HonestModels twins) {
    /** Copies the map. */
    public MarginSample {
        own = Map.copyOf(own);
    }

    /**
     * Returns margins from a population; signals that not every model has are left out. Where one
     * lacks twins, the spread between models stands for the deviation from them.
     *
     * @param population at least 3 models with twins
     */
    public static Margins margins(List<MarginSample> population) {
        if (population.size() < 3) {
            throw new IllegalArgumentException(
                    "population: " + population.size() + " models (expected: at least 3)");
        }
        Map<Signal, Margin> margins = new TreeMap<>();
        for (Signal signal : population.get(0).own().keySet()) {
            List<MarginSample> having =
                    population.stream()
                            .filter(m -> m.own().containsKey(signal))
                            .collect(Collectors.toList());
            if (having.size() == population.size()) {
                margins.put(signal, margin(signal, having));
            }
        }
        return new Margins(margins);
    }

    private static Margin margin(Signal signal, List<MarginSample> models) {
        int n = models.size();
        double mean = models.stream().mapToDouble(m -> m.value(signal)).average().orElseThrow();
        double spread = models.stream().mapToDouble(m -> square(m.value(signal) - mean)).sum();
        double between = Math.sqrt(spread / (n - 1));
        boolean twins = models.stream().noneMatch(m -> m.twins().of(signal).isEmpty());
        double deviation =
                twins
                        ? models.stream().mapToDouble(m -> m.squaredDeviation(signal)).sum() / n
                        : square(between);
        return new Margin(mean, between, Math.sqrt(deviation), n - 1);
    }

    private double value(Signal signal) {
        return own.getOrDefault(signal, Double.NaN);
    }

    private double squaredDeviation(Signal signal) {
        List<Moments> models = twins.of(signal);
        double mean = models.stream().mapToDouble(Moments::mean).average().orElseThrow();
        return square(value(signal) - mean) / (1 + 1.0 / models.size());
    }

    private static double square(double value) {
        return value * value;
    }
}
