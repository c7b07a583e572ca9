package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.ExaminationStandard;
import org.plumbline.core.fairwashing.Examiner;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.FairwashingSpec.Tangent;
import org.plumbline.plugin.config.WorkerTarget;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.FakeWorker;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.proto.v1.DeliveryState;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.imageio.ImageIO;

/** The watch over live explanations, over real HTTP with the real engine. */
class FairwashingIT {
    private static final String MODEL = "/audit/models/cnn";
    private static final int WINDOW = 30;
    private static final int CLEAN = 150;
    private static final Duration LONGEST = Duration.ofMinutes(3); // next to other builds
    private static final FloatTensor REQUESTS = PairedImages.of(1000, 200);

    @TempDir Path folder;

    @Test
    void anHonestModelIsCleanAfterTwoHundredRequests() throws Exception {
        Path model = model(100, "null-file: null.json");
        honest(model.resolve("model.pt")).write(model.resolve("null.json"));
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            JsonNode found = judged(http, "clean", 100);
            assertThat(found.path("verdict").asText()).isEqualTo("clean");
            assertThat(found.path("last").path("null").asText()).isEqualTo("twins");
            assertThat(found.path("last").path("inputs").asInt()).isEqualTo(100);
            assertThat(found.path("last").path("detectors")).hasSize(5);
            for (JsonNode detector : found.path("last").path("detectors")) {
                assertThat(detector.path("spoke").asBoolean()).as("%s", detector).isFalse();
            }
            assertThat(found.path("seconds").asDouble()).isPositive();
            assertThat(http.text("/metrics"))
                    .containsPattern("plumbline_fairwashing_suspect\\{.*} 0.0")
                    .containsPattern("plumbline_fairwashing_windows_total\\{.*\"clean\"} 2.0")
                    .containsPattern(
                            "plumbline_fairwashing_score\\{detector=\"removal\",method=\"gr")
                    .containsPattern("plumbline_fairwashing_p_value\\{detector=\"resemblance\"")
                    .containsPattern("plumbline_fairwashing_seconds_total\\{.*} [0-9]");
        }
    }

    /** What a calibration would write whose one twin is the honest model itself. */
    private NullFile honest(Path model) throws Exception {
        FloatTensor clean = PairedImages.of(0, CLEAN);
        FloatTensor inputs = PairedImages.of(3000, WINDOW);
        Set<ExplanationMethod> methods =
                ExaminationStandard.withCompanions(Set.of(ExplanationMethod.GRADIENT));
        ExplainSpec spec =
                ExplainSpec.of(folder, Device.cpu(), ExaminationStandard.loaded(methods));
        LinearTangents tangents =
                new LinearTangents(ReferencePoints.of(clean), Tangent.STANDARD.settings());
        try (ExplainableModel twin = ExplainableModel.load(model, Examiner.spec(spec, clean))) {
            Examination found =
                    Examiner.of(twin, methods, clean, ExaminationStandard.SEED)
                            .examine(inputs, tangents.bases(inputs));
            return new NullFile(
                    Digest.of(model).hex(),
                    "",
                    List.of(),
                    HonestModels.of(Source.TWINS, CLEAN, List.of(found.readings())),
                    Optional.empty());
        }
    }

    @Test
    void aFairwashedModelAnswersAsBeforeIsFoundAndStaysFoundOverARestart() throws Exception {
        Path model = model(WINDOW, "reference: honest.pt");
        ModelFolders.copy("small_cnn.pt", model.resolve("honest.pt"));
        Path painted = folder.resolve("painted.pt");
        ModelFolders.fairwashed(painted);
        Files.move(painted, model.resolve("model.pt"), StandardCopyOption.REPLACE_EXISTING);
        ModelFolders.plain(folder.resolve("models"), "honest");
        byte[] picture;
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            assertThat(http.predict("cnn", REQUESTS).values())
                    .containsExactly(http.predict("honest", REQUESTS).values());
            JsonNode found = judged(http, "suspect", WINDOW);
            assertThat(found.path("verdict").asText()).isEqualTo("suspect");
            JsonNode last = found.path("last");
            assertThat(last.path("null").asText()).isEqualTo("reference");
            assertThat(spoke(last)).as("%s", last).contains("resemblance/gradient");
            assertThat(last.path("detectors").findValuesAsText("detector")).contains("reference");
            assertThat(last.path("detectors").get(0).path("examples")).hasSize(4);
            assertThat(http.text("/metrics"))
                    .containsPattern("plumbline_fairwashing_suspect\\{.*} 1.0");
            picture = picture(http);
            BufferedImage maps = ImageIO.read(new ByteArrayInputStream(picture));
            assertThat(maps.getWidth()).isGreaterThan(6 * 112); // six columns of 112 pixels
            assertThat(http.text("/audit")).contains("function fairwashing(");
        }
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            JsonNode kept = http.json(MODEL).path("fairwashing");
            assertThat(kept.path("verdict").asText()).isEqualTo("suspect");
            assertThat(kept.path("windows").path("suspect").asInt()).isZero();
            assertThat(spoke(kept.path("last"))).contains("resemblance/gradient");
            assertThat(picture(http)).isEqualTo(picture);
        }
    }

    @Test
    void theTwinKeptWithANullIsWhatMapsAreComparedWith() throws Exception {
        Path model = model(WINDOW, "null-file: null.json");
        Path served = model.resolve("model.pt");
        Path twin = Files.copy(served, model.resolve("null-twin.pt"));
        Path painted = folder.resolve("painted.pt");
        ModelFolders.fairwashed(painted);
        Files.move(painted, served, StandardCopyOption.REPLACE_EXISTING);
        Signal beside = new Signal(Detector.REFERENCE, ExplanationMethod.GRADIENT);
        Moments near = new Moments(0.01, 0.01, WINDOW);
        new NullFile(
                        Digest.of(served).hex(),
                        "",
                        List.of(),
                        new HonestModels(Source.TWINS, CLEAN, Map.of(beside, List.of(near, near))),
                        Optional.of(
                                new NullFile.Reference(
                                        Digest.of(twin).hex(), Optional.of("null-twin.pt"))))
                .write(model.resolve("null.json"));
        try (EmbeddedServer server = TestHost.start(folder)) {
            JsonNode last = judged(new Http(server.port()), "suspect", WINDOW).path("last");
            assertThat(last.path("null").asText()).isEqualTo("twins");
            assertThat(spoke(last)).as("%s", last).contains("reference/gradient");
        }
    }

    @Test
    void aBrokenNullFileIsOneLineAndTheRestGoesOn() throws Exception {
        Path model = model(WINDOW, "null-file: null.json");
        ModelFolders.write(model.resolve("null.json"), "{}");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            Eventually.that(
                    "read", () -> state(http).path("state").asText().equals("misconfigured"));
            assertThat(state(http).path("reason").asText())
                    .startsWith("fairwashing: null: ")
                    .contains("null.json", "a file of fairwash calibrate")
                    .doesNotContain("\n");
            TestHost.sendAudited(http, "cnn", REQUESTS, 3);
            assertThat(http.json(MODEL).path("state").asText()).isEqualTo("audited");
            assertThat(http.text("/audit/metrics"))
                    .containsPattern("plumbline_fairwashing_suspect\\{.*} NaN");
        }
    }

    @Test
    void aDeliveryEndsTheWindowOfTheVersionBeforeAndIsComparedWithIt() throws Exception {
        Path model = model(WINDOW, "reference: previous");
        Path original = model.resolve("model.pt");
        Path repaired = ModelFolders.repaired(original, folder.resolve("repaired.pt"), 1e-4f);
        try (FakeWorker worker = FakeWorker.start(0);
                EmbeddedServer server =
                        TestHost.start(folder, WorkerTarget.plain("127.0.0.1:" + worker.port()))) {
            worker.awaitAttached();
            Http http = new Http(server.port());
            TestHost.send(http, "cnn", REQUESTS, WINDOW / 2);
            Eventually.that("half", () -> state(http).path("window").path("collected").asInt() > 0);
            worker.offer("d1", "cnn", repaired, Digest.of(original));
            worker.await("d1", DeliveryState.DELIVERY_STATE_STAGED);
            worker.promote("d1");
            worker.await("d1", DeliveryState.DELIVERY_STATE_PROMOTED);
            Eventually.that(
                    "anew", () -> state(http).path("window").path("collected").asInt() == 0);
            TestHost.send(http, "cnn", REQUESTS, WINDOW);
            awaitWindows(http, 1);
            JsonNode last = state(http).path("last");
            assertThat(last.path("null_detail").asText())
                    .isEqualTo("reference " + Digest.of(original).brief());
            assertThat(last.path("verdict").asText())
                    .as("%s", last) // the same gradients
                    .isEqualTo("clean");
        }
    }

    @Test
    void whatIsNotThereIsNamed() {
        model(WINDOW, "level: 0.01");
        ModelFolders.audited(folder.resolve("models"), "bare", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            assertThat(status(http, "GET", MODEL + "/fairwashing/gradient.png")).isEqualTo(404);
            assertThat(status(http, "GET", MODEL + "/fairwashing/guess.png")).isEqualTo(400);
            assertThat(status(http, "GET", MODEL + "/fairwashing/x")).isEqualTo(404);
            assertThat(status(http, "POST", MODEL + "/fairwashing")).isEqualTo(405);
            assertThat(status(http, "GET", MODEL + "/fairwashing")).isEqualTo(200);
            assertThat(status(http, "GET", "/audit/models/bare/fairwashing")).isEqualTo(409);
            assertThat(http.json("/audit/models/bare").has("fairwashing")).isFalse();
        }
    }

    private Path model(int window, String more) {
        Path model =
                ModelFolders.audited(
                        folder.resolve("models"),
                        "cnn",
                        ModelFolders.LAYER,
                        "fairwashing: {rate: 1, window: "
                                + window
                                + ", methods: [gradient], examples: 4, tangent: {inputs: clean.npy},"
                                + " budget: 100%, "
                                + more
                                + "}\n");
        PairedImages.write(model.resolve("clean.npy"), 0, CLEAN);
        return model;
    }

    /** Sends two windows of requests; both must end alike. */
    private static JsonNode judged(Http http, String outcome, int size) {
        for (int window = 1; window <= 2; window++) {
            Eventually.that(
                    "collects", () -> state(http).path("state").asText().equals("collecting"));
            TestHost.send(http, "cnn", REQUESTS.slice((window - 1) * size, window * size), size);
            awaitWindows(http, window);
        }
        JsonNode found = state(http);
        assertThat(found.path("windows").path(outcome).asInt()).as("%s", found).isEqualTo(2);
        return found;
    }

    private static void awaitWindows(Http http, int count) {
        Eventually.that(
                "windows are judged",
                LONGEST,
                () -> {
                    JsonNode windows = state(http).path("windows");
                    assertThat(windows.path("failed").asInt()).as("%s", state(http)).isZero();
                    return windows.path("clean").asInt() + windows.path("suspect").asInt() == count;
                });
    }

    private static List<String> spoke(JsonNode last) {
        return last.path("detectors")
                .valueStream()
                .filter(d -> d.path("spoke").asBoolean())
                .map(d -> d.path("detector").asText() + "/" + d.path("method").asText())
                .toList();
    }

    private static JsonNode state(Http http) {
        return http.json(MODEL).path("fairwashing");
    }

    private static byte[] picture(Http http) {
        HttpResponse<byte[]> png =
                http.send("GET", MODEL + "/fairwashing/gradient.png", "text/plain", new byte[0]);
        assertThat(png.statusCode()).isEqualTo(200);
        assertThat(png.headers().firstValue("Content-Type")).isEqualTo(Optional.of("image/png"));
        return png.body();
    }

    private static int status(Http http, String method, String path) {
        return http.send(method, path, "text/plain", new byte[0]).statusCode();
    }
}
