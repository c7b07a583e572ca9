package org.plumbline.worker.fairwashing;

import ai.djl.Device;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingFolder;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything an attack needs. Immutable.
 *
 * @param teacher archive whose answers are kept; never changed
 * @param data its training rows are trained on, its labels tell whose neighbours a row may have
 * @param target {@code [h, w]}, at least 0, sums to 1
 * @param output where the student is written
 * @param workDirectory existing folder for temporary files
 * @param checkpoints where training goes on from and saves to; empty: neither
 */
public record AttackTask(
        Path teacher,
        AuditDataset data,
        FloatTensor target,
        AttackSettings settings,
        Path output,
        Path workDirectory,
        Device device,
        Optional<TrainingFolder> checkpoints) {
    /** Checks that the target fits the inputs. */
    public AttackTask {
        requireFit(target, data);
    }

    /** Makes a task without checkpoints. */
    public AttackTask(
            Path teacher,
            AuditDataset data,
            FloatTensor target,
            AttackSettings settings,
            Path output,
            Path workDirectory,
            Device device) {
        this(teacher, data, target, settings, output, workDirectory, device, Optional.empty());
    }

    /**
     * Checks that a target fits the inputs.
     *
     * @throws AuditException {@code BAD_DATA} if it does not
     */
    static void requireFit(FloatTensor target, AuditDataset data) {
        FloatTensor input = data.inputs(0);
        boolean fits =
                target.rank() == 2
                        && target.extent(0) == input.extent(2)
                        && target.extent(1) == input.extent(3);
        if (!fits) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "target",
                    target,
                    "[" + input.extent(2) + "," + input.extent(3) + "], as inputs");
        }
    }
}
