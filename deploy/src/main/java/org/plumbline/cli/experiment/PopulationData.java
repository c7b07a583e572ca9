package org.plumbline.cli.experiment;

import org.plumbline.cli.quickstart.FashionData;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.generator.Artifact;
import org.plumbline.worker.generator.ControlledBias;
import org.plumbline.worker.generator.IdxSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The images of a population, written once below its folder. Confined to one thread.
 *
 * @param images folder of the four IDX files
 * @param out folder of the population
 */
record PopulationData(Path images, PopulationPlan plan, Path out) {
    /** The artifact of the patched images. */
    static final Artifact ARTIFACT = Artifact.PATCH;

    /** Class that half the artifacts go with: T-shirt. */
    static final int TARGET = 0;

    private static final double SHARE = 0.5;
    private static final double OTHERS = 0.0005;
    private static final long SEED = 5;

    /** Writes {@code requests.npy} and {@code clean.npy}. */
    void writeExamined() throws IOException {
        write(plan.requests(), "requests.npy");
        write(plan.clean(), "clean.npy");
    }

    private void write(PopulationPlan.Images wanted, String name) throws IOException {
        int end = wanted.from() + wanted.count();
        NpyFile.write(
                out.resolve(name),
                FashionData.inputs(
                        IdxSet.read(images, wanted.part(), end).range(wanted.from(), end)));
    }

    /** Returns the folder of the data set of every model but the patched ones. */
    Path plain() throws IOException {
        Path folder = out.resolve("data");
        if (!Files.exists(folder.resolve("split.npy"))) {
            FashionData.write(
                    images, plan.training(), plan.test(), Files.createDirectories(folder));
        }
        return folder;
    }

    /** Returns the same with a white square on half of one class and a few others. */
    Path patched() throws IOException {
        Path folder = out.resolve("patched");
        Path inputs = folder.resolve("inputs.npy");
        if (!Files.exists(inputs)) {
            new ControlledBias(ARTIFACT, TARGET, SHARE, OTHERS, SEED)
                    .of(
                            IdxSet.read(images, "train", plan.training()),
                            IdxSet.read(images, "t10k", plan.test()))
                    .writeTensors(folder);
            FloatTensor pixels = NpyFile.readFloats(inputs);
            NpyFile.write(inputs, FashionData.normalised(pixels));
        }
        return folder;
    }

    /** Reads the data set of the attacks. */
    AuditDataset dataset() throws IOException {
        return AuditDataset.load(plain());
    }
}
