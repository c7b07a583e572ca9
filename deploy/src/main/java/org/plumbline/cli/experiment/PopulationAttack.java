package org.plumbline.cli.experiment;

import ai.djl.Device;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.ShownTraining;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.fairwashing.Attack;
import org.plumbline.worker.fairwashing.AttackSettings;
import org.plumbline.worker.fairwashing.AttackTask;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Attacks members of a population, with a rate that falls to 0. Confined to one thread.
 *
 * @param data trained on
 */
record PopulationAttack(AuditDataset data, Device device, Progress progress) {
    private static final int BATCH = 64;

    /** Returns how a member is attacked. */
    static AttackSettings settings(Member.Attacked member) {
        AttackSettings settings =
                AttackSettings.published(
                        ExplanationMethod.of(member.method()),
                        AttackSettings.annealed(
                                member.steps(), BATCH, member.rate(), member.seed()));
        return member.defended() ? settings.knowing(AttackSettings.TANGENT) : settings;
    }

    /** Writes the student. */
    void run(Member.Attacked member, Path teacher, Path student) throws IOException {
        FloatTensor first = data.inputs(0);
        Path work = Files.createTempDirectory("plumbline");
        try {
            Attack.run(
                    new AttackTask(
                            teacher,
                            data,
                            member.target().map(first.extent(2), first.extent(3)),
                            settings(member),
                            student,
                            work,
                            device),
                    new ShownTraining(
                            progress,
                            "attack",
                            step -> ShownTraining.losses(step, "answers", "maps")));
            progress.done();
        } finally {
            TapFolder.delete(work);
        }
    }
}
