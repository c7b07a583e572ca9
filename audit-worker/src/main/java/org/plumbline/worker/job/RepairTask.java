package org.plumbline.worker.job;

import ai.djl.Device;

import org.plumbline.worker.training.TrainingFolder;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One repair with its files. Immutable.
 *
 * @param archive the deployed archive; never changed
 * @param dataset folder of the audit data set
 * @param output where the sealed archive is written, when complete
 * @param workDirectory existing folder for temporary files, for this task alone
 * @param reports folder for what the method found; made when needed; empty: it is not written
 * @param checkpoints where training goes on from and saves to; empty: neither
 */
public record RepairTask(
        RepairRecipe recipe,
        Path archive,
        Path dataset,
        Path output,
        Path workDirectory,
        Device device,
        Optional<Path> reports,
        Optional<TrainingFolder> checkpoints) {}
