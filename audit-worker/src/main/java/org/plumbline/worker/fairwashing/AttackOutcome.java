package org.plumbline.worker.fairwashing;

/**
 * What an attack achieved. Immutable.
 *
 * @param uniformMse error of a map of equal shares, which an attack must undercut
 * @param teacher the teacher's own explanations and the target
 * @param trainingForm the student with soft activations, as it was trained
 * @param servedForm the student as it is served
 */
public record AttackOutcome(
        double uniformMse,
        StudentReport teacher,
        StudentReport trainingForm,
        StudentReport servedForm) {}
