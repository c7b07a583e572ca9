package org.plumbline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.FitConceptRequest;
import org.plumbline.proto.v1.FitConceptResponse;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.job.RepairOutcome;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The whole worker with the real engine on the reference network. */
class EngineIT {
    private static final LayerPath LAYER = new LayerPath("features.8");
    private static final ConceptId COLOUR = new ConceptId("colour");
    private static final Map<String, String> PARAMETERS =
            Map.of(
                    "lambda", "1000",
                    "criterion", "target_logit",
                    "epochs", "10",
                    "batch_size", "16",
                    "learning_rate", "0.001");

    private static final List<String> WEIGHTS =
            List.of(
                    "features.0.weight",
                    "features.4.weight",
                    "features.8.weight",
                    "classifier.0.weight",
                    "classifier.2.weight");

    @TempDir private static Path folder;
    private static Path model;
    private static Path data;

    @BeforeAll
    static void writeData() throws IOException, URISyntaxException {
        model = resource("small_cnn.trace.pt");
        data = Files.createDirectories(folder.resolve("data"));
        FloatTensor images = NpyFile.readFloats(resource("cav_images.npy"));
        long[] labels = new long[images.rows()]; // the images are all of one class
        Arrays.fill(labels, 3);
        long[] split = new long[labels.length];
        for (int i = 0; i < split.length; i++) {
            split[i] = i % 2 == 0 ? 0 : 2;
        }
        NpyFile.write(data.resolve("inputs.npy"), images);
        NpyFile.write(data.resolve("labels.npy"), labels);
        NpyFile.write(data.resolve("split.npy"), split);
        Files.copy(resource("cav_attribute.npy"), data.resolve("bias_labels.npy"));
        Files.copy(resource("cav_targets.npy"), data.resolve("concept_colour.npy"));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(EngineIT.class.getResource("/reference/" + name).toURI());
    }

    @Test
    void aLocalCorrectionLowersTheSensitivityAndSealsItsProvenance() throws IOException {
        Path out = folder.resolve("repaired.pt");
        Set<String> phases = new TreeSet<>();
        RepairOutcome outcome =
                LocalCorrection.run(
                        new LocalCorrection.Request(
                                model,
                                data,
                                "rr-clarc",
                                PARAMETERS,
                                Optional.of(LAYER),
                                Optional.of(COLOUR),
                                OptionalInt.of(3),
                                out),
                        GateBounds.defaults(),
                        DeviceChoice.CPU,
                        progress -> phases.add(progress.phase()));

        assertThat(outcome.after().tcav().orElseThrow().sensitivity())
                .isLessThan(outcome.before().tcav().orElseThrow().sensitivity());
        assertThat(outcome.gate().rules()).hasSize(4);
        assertThat(phases).contains("prepare", "activations", "train", "evaluate", "write");
        JsonNode manifest = RepairedArchive.verify(out);
        assertThat(manifest.path("source_sha256").asText()).isEqualTo(Digest.of(model).hex());
        assertThat(manifest.path("parameters").path("lambda").asDouble()).isEqualTo(1000);
        assertThat(manifest.path("versions").path("pytorch").asText()).startsWith("2.");
        assertThat(manifest.path("before").path("accuracy").asDouble())
                .isEqualTo(outcome.before().accuracy());
        assertThat(outcome.checkpoint().sha256()).isEqualTo(Digest.of(out).hex());
        try (var files = Files.list(folder)) {
            assertThat(files.filter(f -> f.getFileName().toString().startsWith(".correct")))
                    .isEmpty();
        }
    }

    @Test
    void theProvenanceOfAPrunedArchiveNamesTheShareKeptOfEachTensor() throws IOException {
        Path out = folder.resolve("pruned.pt");
        LocalCorrection.run(
                new LocalCorrection.Request(
                        model,
                        data,
                        "dcwp",
                        Map.of(
                                "batch_size", "16",
                                "mining_steps", "2",
                                "mask_steps", "12",
                                "steps", "2",
                                "lambda_sparse", "1e-4",
                                "mask_learning_rate", "0.3"),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        out),
                GateBounds.defaults(),
                DeviceChoice.CPU,
                progress -> {});

        JsonNode findings = RepairedArchive.verify(out).path("findings");
        assertThat(findings.path("mined").path("flagged").isNumber()).isTrue();
        JsonNode pruned = findings.path("pruned");
        Map<String, FloatTensor> state = state(out);
        double kept = 0;
        double size = 0;
        for (String name : WEIGHTS) {
            float[] values = state.getOrDefault(name, FloatTensor.zeros(0)).values();
            int left = 0;
            for (float value : values) {
                left += value == 0 ? 0 : 1;
            }
            assertThat(pruned.path("kept/" + name).asDouble(-1))
                    .isCloseTo((double) left / values.length, within(1e-12));
            kept += left;
            size += values.length;
        }
        assertThat(pruned.path("kept").asDouble()).isCloseTo(kept / size, within(1e-12));
        assertThat(kept / size).isBetween(0.02, 0.98);
    }

    private static Map<String, FloatTensor> state(Path archive) {
        TrainingPlan plan = TrainingPlan.live(WEIGHTS);
        try (TrainableModel loaded = TrainableModel.load(archive, plan, folder, Device.cpu())) {
            return loaded.state();
        }
    }

    @Test
    void aPlainAndATappedEvaluationAgreeOnTheAccuracies() {
        EvaluationReport plain = evaluate(Optional.empty());
        EvaluationReport tapped = evaluate(Optional.of(LAYER));
        assertThat(tapped.accuracy()).isEqualTo(plain.accuracy());
        assertThat(tapped.groups()).isEqualTo(plain.groups());
        assertThat(plain.tcav()).isEmpty();
        assertThat(tapped.tcav()).isPresent();
        assertThat(tapped.samples()).isEqualTo(50);
    }

    private static EvaluationReport evaluate(Optional<LayerPath> layer) {
        return LocalEvaluation.run(
                model, data, layer, Optional.of(COLOUR), OptionalInt.empty(), DeviceChoice.CPU);
    }

    @Test
    void theWorkerCorrectsAndFitsOverGrpc() throws IOException {
        try (AuditWorker worker = AuditWorker.start(AuditWorkerIT.config(folder));
                WorkerClient client = new WorkerClient(worker.port())) {
            String archive = client.uploadArchive(Files.readAllBytes(model));
            byte[] zip = SmallData.zip(data);
            client.uploadDataset("datasets/colour", zip, 0, zip.length);
            CorrectionSpec spec =
                    CorrectionSpec.newBuilder()
                            .setModelName("small")
                            .setArchiveSha256(archive)
                            .setDataset("datasets/colour")
                            .setMethod("rr-clarc")
                            .setLayer(LAYER.value())
                            .setConcept(COLOUR.value())
                            .setTargetClass(3)
                            .putAllParameters(PARAMETERS)
                            .build();
            Correction end = client.end(client.create("r1", spec).getName());
            assertThat(end.getState())
                    .as(end.getError())
                    .isIn(
                            CorrectionState.CORRECTION_STATE_SUCCEEDED,
                            CorrectionState.CORRECTION_STATE_REJECTED);
            assertThat(end.getAfter().getSensitivity())
                    .isLessThan(end.getBefore().getSensitivity());

            FitConceptResponse fit =
                    client.audits.fitConcept(
                            FitConceptRequest.newBuilder()
                                    .setArchiveSha256(archive)
                                    .setDataset("datasets/colour")
                                    .setLayer(LAYER.value())
                                    .setConcept(COLOUR.value())
                                    .build());
            double squares = fit.getDirectionList().stream().mapToDouble(v -> v * v).sum();
            assertThat(squares).isCloseTo(1, within(1e-4));
            assertThat(fit.getPositives() + fit.getNegatives()).isEqualTo(50);
            assertThat(fit.hasHyperParameter()).isFalse();
            assertThat(fit.getNorm())
                    .isCloseTo(
                            fit.getMeanLengthPositives() - fit.getMeanLengthNegatives(),
                            within(1e-4 * fit.getNorm()));

            FitConceptRequest ridge =
                    FitConceptRequest.newBuilder()
                            .setArchiveSha256(archive)
                            .setDataset("datasets/colour")
                            .setLayer(LAYER.value())
                            .setConcept(COLOUR.value())
                            .setCav("ridge")
                            .setPooling("mean")
                            .build();
            FitConceptResponse regularised = client.audits.fitConcept(ridge);
            assertThat(regularised.getHyperParameter().getName()).isEqualTo("alpha");
            assertThat(regularised.getQuality().getAuc()).isGreaterThan(0.9);
            assertThatThrownBy(
                            () -> client.audits.fitConcept(ridge.toBuilder().setCav("pca").build()))
                    .hasMessageContaining("cav: pca (expected: signal, svm, ridge");
            assertThatThrownBy(
                            () ->
                                    client.audits.fitConcept(
                                            ridge.toBuilder().setPooling("none").build()))
                    .hasMessageContaining("pooling: none (expected: max or mean)");

            assertThatThrownBy(
                            () ->
                                    client.create(
                                            "r2", spec.toBuilder().setLayer("features.99").build()))
                    .hasMessageContaining("features.9");
        }
    }

    @Test
    void inputsTheModelDoesNotTakeAreBadData() throws IOException {
        Path wrong = SmallData.tensors(folder.resolve("wrong"));
        for (Optional<LayerPath> layer : List.of(Optional.<LayerPath>empty(), Optional.of(LAYER))) {
            assertThatThrownBy(
                            () ->
                                    LocalEvaluation.run(
                                            model,
                                            wrong,
                                            layer,
                                            Optional.of(new ConceptId("stamp")),
                                            OptionalInt.empty(),
                                            DeviceChoice.CPU))
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("(expected: a shape the model takes)");
        }
    }

    @Test
    void aTargetClassTheModelLacksIsRefused() {
        assertThatThrownBy(
                        () ->
                                LocalEvaluation.run(
                                        model,
                                        data,
                                        Optional.of(LAYER),
                                        Optional.of(COLOUR),
                                        OptionalInt.of(10),
                                        DeviceChoice.CPU))
                .isInstanceOf(AuditException.class);
    }

    @Test
    void aWrongLayerNamesNearMatches() {
        assertThatThrownBy(() -> evaluate(Optional.of(new LayerPath("feature.8"))))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("features.8");
    }
}
