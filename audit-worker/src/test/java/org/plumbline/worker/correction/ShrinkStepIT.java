package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.ForwardRun;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.StoredValues;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** DCWP whose result is shrunk. */
class ShrinkStepIT {
    private static final Path NETWORK =
            Path.of("src", "test", "resources", "archives", "gated_cnn.pt");

    /** Weights that are 0 have no gradient, so that the sparsity alone moves their masks. */
    private static final Map<String, String> SPARSE =
            Map.of(
                    "batch_size", "16",
                    "mining_steps", "2",
                    "mask_steps", "12",
                    "steps", "2",
                    "lambda_sparse", "1e-4",
                    "mask_learning_rate", "0.3",
                    "seed", "5");

    @TempDir Path folder;
    private AuditDataset data;
    private Path network = NETWORK;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void makeData() throws IOException {
        data = DcwpIT.coloured(Files.createDirectory(folder.resolve("data")), 1, 60, 0.1);
        network = folder.resolve("network.pt");
        try (Archive archive = Archive.open(NETWORK)) {
            Map<String, FloatTensor> masked = new HashMap<>();
            masked.put("conv1.weight", without(archive, "conv1.weight", 0, 2));
            masked.put("conv2.weight", without(archive, "conv2.weight", 1));
            RepairedArchive.patch(archive, masked, network);
        }
    }

    private static FloatTensor without(Archive archive, String name, int... outputs) {
        FloatTensor weight = StoredValues.read(archive, name);
        for (int output : outputs) {
            int from = output * weight.rowSize();
            Arrays.fill(weight.values(), from, from + weight.rowSize(), 0);
        }
        return weight;
    }

    private List<String> run(boolean shrink, Optional<String> concept, Path out) {
        Map<String, String> parameters = new HashMap<>(SPARSE);
        parameters.put("shrink", String.valueOf(shrink));
        CorrectionTask task =
                new CorrectionTask(
                        network,
                        data,
                        concept.map(c -> new LayerPath("conv2")),
                        concept.map(ConceptId::new),
                        OptionalInt.empty(),
                        Correction.of("dcwp", parameters),
                        out,
                        folder,
                        Device.cpu());
        return Corrector.run(
                task,
                new TrainingListener() {
                    @Override
                    public void onStep(TrainingStep step) {}

                    @Override
                    public void onWarning(String line) {
                        warnings.add(line);
                    }

                    @Override
                    public boolean cancelled() {
                        return false;
                    }
                });
    }

    private FloatTensor logits(Path archive) {
        try (ForwardRun forward = ForwardRun.load(archive, folder)) {
            return forward.logits(data.inputs(0, 1, 2, 3, 4, 5, 6, 7));
        }
    }

    private static long parameters(Path archive) throws IOException {
        try (Archive opened = Archive.open(archive)) {
            return opened.parameters().stream().mapToLong(StoredTensor::size).sum();
        }
    }

    @Test
    void theShrunkResultIsSmallerAndAnswersTheSame() throws IOException {
        Path zeros = folder.resolve("zeros.pt");
        Path shrunk = folder.resolve("shrunk.pt");
        run(false, Optional.empty(), zeros);
        List<String> changed = run(true, Optional.empty(), shrunk);

        assertThat(warnings).isEmpty();
        assertThat(parameters(shrunk)).isLessThan(parameters(zeros));
        assertThat(changed).contains("conv1.weight", "conv2.weight", "linear.weight");
        float[] expected = logits(zeros).values();
        float[] actual = logits(shrunk).values();
        assertThat(logits(zeros).row(0)).isNotEqualTo(logits(zeros).row(1)); // not dead altogether
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) { // float32 sums in another order
            assertThat(actual[i])
                    .isCloseTo(expected[i], within(1e-5f * (1 + Math.abs(expected[i]))));
        }
    }

    @Test
    void whereAConceptIsMeasuredEveryChannelStays() throws IOException {
        Path out = folder.resolve("out.pt");
        run(true, Optional.of("stamp"), out);

        assertThat(parameters(out)).isEqualTo(parameters(network));
        assertThat(warnings).singleElement().asString().contains("shrink: nothing was removed");
    }
}
