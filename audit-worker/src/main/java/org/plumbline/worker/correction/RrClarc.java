package org.plumbline.worker.correction;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.ConceptId;
import org.plumbline.worker.correction.ConceptFitter.Wanted;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * RR-ClArC: fine-tunes what lies behind the convolutions so that the logits stop changing along a
 * concept vector. Immutable.
 *
 * <p>Source: Dreyer et al., "From Hope to Safety", AAAI 2024; schedule and freezing as in
 * frederikpahde/rrclarc.
 *
 * @param lambda weight of the penalty, at least 0
 * @param criterion which scalar of the logits is differentiated
 * @param aggregation how sensitivities become one number
 * @param cav how the concept vector is estimated
 * @param pooling how activations are pooled before the CAV is fitted
 * @param cache whether activations at the layer are computed once where that is exact
 * @param tangents whether the penalty is read behind the probe where that gives the same gradients;
 *     else always at the probe, as published
 * @param scope which parameters are trained; published: the head
 * @param concepts further concepts beside the task's, penalised together as a mean
 * @param classWeights whether rare classes weigh more, by inverse frequency
 */
public record RrClarc(
        TrainingSettings training,
        double lambda,
        Criterion criterion,
        Aggregation aggregation,
        CavKind cav,
        Pooling pooling,
        boolean cache,
        boolean tangents,
        Scope scope,
        List<Further> concepts,
        boolean classWeights,
        Map<String, String> parameters)
        implements Correction {
    private static final Pattern NAME = Pattern.compile("([^:]*)(?::(\\d{1,9}))?");

    /**
     * A concept beside the task's. Immutable.
     *
     * @param targetClass class whose rows it is fitted on; empty: that of the task
     */
    public record Further(ConceptId concept, OptionalInt targetClass) {}

    /** Copies the parameters. */
    public RrClarc {
        concepts = List.copyOf(concepts);
        parameters = Map.copyOf(parameters);
    }

    static RrClarc parse(Parameters parameters) {
        TrainingSettings training = TrainingDefaults.sgd(10, 1e-4).read(parameters);
        double lambda = parameters.real("lambda", 1000, v -> v >= 0 && v < 1e12, ">= 0");
        Criterion criterion =
                parameters.choice("criterion", Criterion.ALL_LOGITS_RANDOM, Criterion.class);
        Aggregation aggregation =
                parameters.choice("aggregation", Aggregation.L2_MEAN, Aggregation.class);
        CavKind cav = parameters.parsed("cav", CavKind.SIGNAL.label(), CavKind::parse);
        Pooling pooling = parameters.parsed("pooling", "max", Pooling::ofChannels);
        boolean cache = parameters.flag("cache", true);
        boolean tangents = parameters.flag("tangents", true);
        Scope scope = parameters.choice("trainable", Scope.HEAD, Scope.class);
        List<Further> concepts = parameters.parsed("concepts", "", RrClarc::concepts);
        boolean weights = parameters.flag("class_weights", true);
        return new RrClarc(
                training,
                lambda,
                criterion,
                aggregation,
                cav,
                pooling,
                cache,
                tangents,
                scope,
                concepts,
                weights,
                parameters.done("rr-clarc"));
    }

    private static List<Further> concepts(String names) {
        return names.isBlank()
                ? List.of()
                : Arrays.stream(names.trim().split("[ ,]+", -1)).map(RrClarc::further).toList();
    }

    /** Reads {@code NAME} or {@code NAME:CLASS}. */
    private static Further further(String text) {
        Matcher parts = NAME.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "concepts: " + text + " (expected: NAME or NAME:CLASS, separated by spaces)");
        }
        return new Further(
                new ConceptId(parts.group(1)),
                parts.group(2) == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(Integer.parseInt(parts.group(2))));
    }

    /** Returns what to fit: the task's concept and the further ones, each once. */
    List<Wanted> wanted(ConceptId own, OptionalInt targetClass) {
        Map<ConceptId, Wanted> wanted = new LinkedHashMap<>();
        wanted.put(own, new Wanted(own, targetClass, cav, pooling));
        for (Further further : concepts) {
            OptionalInt target =
                    further.targetClass().isPresent() ? further.targetClass() : targetClass;
            wanted.putIfAbsent(
                    further.concept(), new Wanted(further.concept(), target, cav, pooling));
        }
        return List.copyOf(wanted.values());
    }

    @Override
    public String method() {
        return "rr-clarc";
    }
}
