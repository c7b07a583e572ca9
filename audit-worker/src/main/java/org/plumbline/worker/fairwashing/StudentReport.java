package org.plumbline.worker.fairwashing;

import org.plumbline.core.fairwashing.SimilarityTally;
import org.plumbline.core.fairwashing.SimilarityTally.Estimate;

import java.util.Optional;

/**
 * How well a student passes for its teacher, and how much its explanations look like the target.
 * Immutable.
 *
 * @param accuracy of the student, in percent, batch by batch
 * @param teacherAccuracy of the teacher
 * @param outputMse mean squared difference of the probabilities of student and teacher
 * @param maps explanations and the target
 * @param projected projected explanations and the target, where asked for
 */
public record StudentReport(
        Estimate accuracy,
        Estimate teacherAccuracy,
        Estimate outputMse,
        SimilarityTally.Summary maps,
        Optional<SimilarityTally.Summary> projected) {}
