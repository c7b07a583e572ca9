package org.plumbline.core.fairwashing;

import org.plumbline.core.model.ExplanationMethod;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Statistics of models whose explanations nobody has touched: honest twins of the model under test,
 * or a reference version. Immutable.
 *
 * @param source where they come from
 * @param clean inputs they were examined with
 * @param readings by signal, one for each model
 */
public record HonestModels(Source source, int clean, Map<Signal, List<Moments>> readings) {
    private static final double FEWEST = 0.75; // of the clean inputs: fewer make projections alike
    private static final double MOST = 4;

    /** Where honest statistics come from. */
    public enum Source {
        /**
         * Networks of the same architecture, initialised anew and taught the model's outputs on
         * clean inputs, never its explanations.
         */
        TWINS,
        /** A version that is trusted. */
        REFERENCE,
        /** Nothing but the committed margins. */
        POPULATION
    }

    /**
     * A reading in short. Immutable.
     *
     * @param deviation between inputs
     * @param inputs for which it was defined
     */
    public record Moments(double mean, double deviation, int inputs) {
        /** Shortens a reading. */
        public static Moments of(SignalReading reading) {
            return new Moments(reading.mean(), reading.deviation(), reading.count());
        }
    }

    /** Copies the map, leaving out readings without inputs. */
    public HonestModels {
        Map<Signal, List<Moments>> copy = new TreeMap<>();
        readings.forEach(
                (signal, list) ->
                        copy.put(signal, list.stream().filter(m -> m.inputs() > 0).toList()));
        readings = copy;
    }

    /** Returns no models, so that the margins decide alone. */
    public static HonestModels none() {
        return new HonestModels(Source.POPULATION, ExaminationStandard.MARGINS_CLEAN, Map.of());
    }

    /**
     * Returns the readings of several models.
     *
     * @param clean inputs they were examined with
     */
    public static HonestModels of(Source source, int clean, List<List<SignalReading>> models) {
        Map<Signal, List<Moments>> bySignal = new TreeMap<>();
        for (List<SignalReading> model : models) {
            for (SignalReading reading : model) {
                bySignal.computeIfAbsent(reading.signal(), s -> new ArrayList<>())
                        .add(Moments.of(reading));
            }
        }
        return new HonestModels(source, clean, bySignal);
    }

    /** Returns the same models without what they say to a detector. */
    public HonestModels without(Detector detector) {
        Map<Signal, List<Moments>> rest = new TreeMap<>(readings);
        rest.keySet().removeIf(signal -> signal.detector() == detector);
        return new HonestModels(source, clean, rest);
    }

    /**
     * Returns whether a signal means the same for these models: how far a method is from the others
     * depends on which others there are, and projections on how many clean inputs they were found
     * among.
     *
     * @param examined the model under test
     */
    public boolean comparable(Signal signal, Examination examined) {
        return switch (signal.detector()) {
            case METHODS -> examined.methods().equals(methods());
            case RESEMBLANCE, PROJECTED_RESEMBLANCE, PROJECTION ->
                    comparable(examined.clean(), of(signal).isEmpty() ? none().clean : clean);
            case REMOVAL, REFERENCE -> true;
        };
    }

    /** Returns the detectors of signals that are not {@link #comparable}. */
    public Set<Detector> incomparable(Collection<SignalReading> readings, Examination examined) {
        return readings.stream()
                .map(SignalReading::signal)
                .filter(signal -> !comparable(signal, examined))
                .map(Signal::detector)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean comparable(int examined, int known) {
        return examined >= FEWEST * known && examined <= MOST * known;
    }

    private Set<ExplanationMethod> methods() {
        if (readings.isEmpty()) {
            return EnumSet.allOf(ExplanationMethod.class); // of the margins' population
        }
        return readings.keySet().stream().map(Signal::method).collect(Collectors.toSet());
    }

    /** Returns what is known of a signal, empty without models. */
    public List<Moments> of(Signal signal) {
        return readings.getOrDefault(signal, List.of());
    }
}
