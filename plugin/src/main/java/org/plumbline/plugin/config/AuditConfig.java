package org.plumbline.plugin.config;

import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.probe.ProbeLimits;

import java.util.List;
import java.util.Optional;

/**
 * What to audit about one model: its {@code plumbline.yaml}. Immutable.
 *
 * @param layer the probe layer: a module, or an operation in the forward of one
 * @param output where the logits are, for models that return more
 * @param target class whose logit is differentiated; -1: the predicted class
 * @param sampling which requests
 * @param window size of the sliding window
 * @param concepts at least one, names distinct
 * @param maxSeries (concept, class) pairs that are followed at most
 * @param significance how concepts are compared with random directions
 * @param effect how concepts are removed, and when they count as used
 * @param quality below what a CAV raises no alerts
 * @param worker where corrections are made, if anywhere
 * @param probe what the first run of an archive with a loop of unstated length may use up
 * @param fairwashing how explanations are watched for manipulation, if they are
 */
public record AuditConfig(
        LayerPath layer,
        Optional<OutputSelector> output,
        int target,
        Sampling sampling,
        WindowSpec window,
        List<ConceptSpec> concepts,
        int maxSeries,
        SignificanceSpec significance,
        EffectSpec effect,
        QualityBounds quality,
        Optional<WorkerTarget> worker,
        ProbeLimits probe,
        Optional<FairwashingSpec> fairwashing) {
    /** Value of {@code target} that stands for the class of the largest logit. */
    public static final int PREDICTED = -1;

    /** Copies the concepts. */
    public AuditConfig {
        concepts = List.copyOf(concepts);
    }
}
