package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.instrument.Projector;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Mitigations over real HTTP with the real engine. */
class MitigationIT {
    private static final String PATH = "/audit/models/cnn/mitigations";

    @TempDir Path folder;

    @Test
    void answersAreThoseOfTheArchiveWithTheProjectionInItsCode() throws Exception {
        Path model = ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "");
        Path projected = ModelFolders.plain(models(), "projected");
        project(model, 1, projected.resolve("model.pt"));
        Path half = ModelFolders.plain(models(), "half");
        project(model, 0.5, half.resolve("model.pt"));
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            FloatTensor images = ModelFolders.images();
            float[] plain = http.predict("cnn", images).values();
            post(http, "{\"concept\": \"colour\"}", 201);
            assertClose(http.predict("cnn", images), http.predict("projected", images));
            assertThat(http.predict("cnn", images).values()).isNotEqualTo(plain);
            post(http, "{\"concept\": \"colour\", \"strength\": 0.5}", 201);
            assertThat(http.json(PATH).path("mitigations")).hasSize(1);
            assertClose(http.predict("cnn", images), http.predict("half", images));
            assertThat(send(http, "DELETE", PATH, "").statusCode()).isEqualTo(200);
            assertThat(http.predict("cnn", images).values()).containsExactly(plain);
        }
    }

    /** Forbidden: an answer that is neither, a plain one while it is on, another one while off. */
    @Test
    void itIsOnForEveryRequestFromItsAnswerOnAndOffFromTheNextOne() throws Exception {
        ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            float[] plain = logits(http);
            post(http, "{\"concept\": \"colour\"}", 201);
            float[] mitigated = logits(http);
            assertThat(send(http, "DELETE", PATH, "").statusCode()).isEqualTo(200);
            AtomicBoolean stop = new AtomicBoolean();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            List<Future<List<float[]>>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                clients.add(threads.submit(() -> askUntil(http, stop)));
            }
            for (int round = 0; round < 8; round++) {
                String id = post(http, "{\"concept\": \"colour\"}", 201).path("id").asText();
                for (int i = 0; i < 5; i++) {
                    assertThat(logits(http)).containsExactly(mitigated);
                }
                assertThat(send(http, "DELETE", PATH + "/" + id, "").statusCode()).isEqualTo(200);
                for (int i = 0; i < 5; i++) {
                    assertThat(logits(http)).containsExactly(plain);
                }
            }
            stop.set(true);
            for (Future<List<float[]>> client : clients) {
                for (float[] answer : client.get()) {
                    assertThat(Arrays.equals(answer, plain) || Arrays.equals(answer, mitigated))
                            .isTrue();
                }
            }
            threads.shutdownNow();
            JsonNode requests = http.json("/audit/models/cnn").path("mitigated_requests");
            assertThat(requests.path("mitigated").asLong()).isGreaterThanOrEqualTo(41);
            assertThat(requests.path("failed").asLong()).isZero();
        }
    }

    @Test
    void auditsGoOnAndReadTheModelWithoutTheMitigation() throws Exception {
        ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "window: {samples: 24}\n");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            double before = sensitivity(http);
            post(http, "{\"concept\": \"colour\"}", 201);
            double during = sensitivity(http);
            assertThat(before).isNotZero();
            // the same 24 images fill the window again; 1e-4: another way through the same sums
            assertThat(during).isCloseTo(before, within(1e-4 * Math.abs(before)));
            assertThat(http.json("/audit/models/cnn").path("samples").path("failed").asLong())
                    .isZero();
        }
    }

    @Test
    void itShowsEverywhereAndEndsAtItsTimeLimit() throws Exception {
        ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            float[] plain = logits(http);
            JsonNode started =
                    post(
                            http,
                            "{\"concept\": \"colour\", \"duration\": \"2s\", \"by\": \"on call\"}",
                            201);
            assertThat(started.path("remaining_seconds").asLong()).isEqualTo(2);
            for (JsonNode shown : List.of(http.json(PATH), http.json("/audit/models/cnn"))) {
                JsonNode mitigation = shown.path("mitigations").path(0);
                assertThat(mitigation.path("by").asText()).isEqualTo("on call");
                assertThat(mitigation.path("mode").asText()).isEqualTo("p-clarc");
                assertThat(mitigation.path("id")).isEqualTo(started.path("id"));
            }
            assertThat(http.text("/metrics"))
                    .containsPattern("plumbline_mitigation_active\\{concept=\"colour\",.*} 1.0");
            assertThat(logits(http)).isNotEqualTo(plain);
            Eventually.that("over", () -> http.json(PATH).path("mitigations").isEmpty());
            assertThat(logits(http)).containsExactly(plain);
            assertThat(http.text("/metrics"))
                    .containsPattern("plumbline_mitigation_active\\{concept=\"colour\",.*} 0.0")
                    .containsPattern(
                            "plumbline_mitigated_requests_total\\{.*outcome=\"mitigated\".*} 1.0")
                    .containsPattern(
                            "plumbline_mitigated_requests_total\\{.*outcome=\"failed\".*} 0.0");
        }
    }

    @Test
    void newExamplesMoveItToTheNewCav() throws Exception {
        Path model = ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            JsonNode started = post(http, "{\"concept\": \"colour\"}", 201);
            float[] before = logits(http);
            put(http, "colour", fewer(model), 200);
            assertThat(logits(http)).isNotEqualTo(before);
            JsonNode now = http.json(PATH).path("mitigations").path(0);
            assertThat(now.path("id")).isEqualTo(started.path("id"));
            assertThat(now.path("level")).isNotEqualTo(started.path("level"));
        }
    }

    /** Without effects: what a mitigation moves by must not hang on them. */
    @Test
    void anUploadedConceptIsMitigatedUntilItIsDeletedWhateverElseIsUploaded() throws Exception {
        Path model = ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "effect: {rate: 0}");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            float[] plain = logits(http);
            put(http, "hue", fewer(model), 201);
            JsonNode started = post(http, "{\"concept\": \"hue\"}", 201);
            float[] mitigated = logits(http);
            assertThat(mitigated).isNotEqualTo(plain);
            put(http, "tint", fewer(model), 201);
            assertThat(http.json(PATH).path("mitigations").path(0).path("id"))
                    .isEqualTo(started.path("id"));
            assertThat(logits(http)).containsExactly(mitigated);
            assertThat(http.text("/metrics"))
                    .containsPattern("plumbline_mitigation_active\\{concept=\"hue\",.*} 1.0");
            assertThat(send(http, "DELETE", "/audit/models/cnn/concepts/hue", "").statusCode())
                    .isEqualTo(200);
            assertThat(logits(http)).containsExactly(plain);
            assertThat(http.json(PATH).path("mitigations")).isEmpty();
            assertThat(http.text("/metrics"))
                    .doesNotContain("plumbline_mitigation_active{")
                    .contains("plumbline_mitigated_requests_total{");
        }
    }

    @Test
    void badBodiesAreProblemsOfOneLineAndNothingIsSwitchedOn() {
        ModelFolders.audited(models(), "cnn", ModelFolders.LAYER, "");
        ModelFolders.plain(models(), "bare");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            refused(http, 400, "nonsense", "body: Unrecognized token");
            refused(http, 400, "[]", "body: ARRAY (expected: a JSON object)");
            refused(http, 400, "{}", "concept: missing (expected: text)");
            refused(http, 404, "{'concept': 'hue'}", "concept: hue (expected: one of colour)");
            refused(http, 400, colour("'strength': 2"), "strength: 2.0 (expected: above 0");
            refused(http, 400, colour("'strength': '1'"), "(expected: a number)");
            refused(http, 400, colour("'duration': '25h'"), "(expected: 1s to 24h)");
            refused(http, 400, colour("'duration': 5"), "duration: 5 (expected: text)");
            refused(http, 400, colour("'mode': 'magic'"), "(expected: p-clarc)");
            refused(http, 400, colour("'level': 1e300"), "(expected: finite)");
            refused(http, 400, colour("'by': '\\n'"), "by: ");
            refused(http, 400, colour("'until': 'x', 'x': 1"), "until: unknown key");
            assertThat(http.json(PATH).path("mitigations")).isEmpty();
            assertThat(send(http, "DELETE", PATH + "/mitigation-0", "").statusCode())
                    .isEqualTo(404);
            assertThat(send(http, "PUT", PATH, "").statusCode()).isEqualTo(405);
            assertThat(send(http, "GET", PATH + "/a/b", "").statusCode()).isEqualTo(404);
            String bare = "/audit/models/bare/mitigations";
            assertThat(send(http, "POST", bare, "{}").statusCode()).isEqualTo(409);
        }
    }

    private static String colour(String more) {
        return "{'concept': 'colour', " + more + "}";
    }

    private static void refused(Http http, int status, String body, String problem) {
        HttpResponse<byte[]> response = send(http, "POST", PATH, body.replace('\'', '"'));
        assertThat(response.statusCode()).as(text(response)).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("application/problem+json");
        assertThat(Http.parse(response.body()).path("detail").asText())
                .contains(problem)
                .doesNotContain("\n");
    }

    /** Without a derivative, without modules, with a dictionary for an answer. */
    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "tokens, norm, ",
        "frozen, conv2d_2, ",
        "dictionary, conv, out",
        "named, conv, logits"
    })
    void modelsThatCannotBeSplitAreMitigatedAsWell(String archive, String layer, String output)
            throws Exception {
        Path model = Files.createDirectories(models().resolve("cnn"));
        ModelFolders.copy(archive + ".pt", model.resolve("model.pt"));
        ModelFolders.write(model.resolve("serving.properties"), "engine=PyTorch\n");
        NpyFile.write(model.resolve("with.npy"), bright(0.5f));
        NpyFile.write(model.resolve("without.npy"), bright(0));
        ModelFolders.write(
                model.resolve("plumbline.yaml"),
                "layer: "
                        + layer
                        + "\n"
                        + (output == null ? "" : "output: " + output + "\n")
                        + "concepts:\n  - {name: bright, positives: with.npy, negatives:"
                        + " without.npy, pooling: mean}\n");
        try (EmbeddedServer server = TestHost.start(folder)) {
            Http http = new Http(server.port());
            FloatTensor image = bright(1).slice(0, 1);
            byte[] plain =
                    http.send("POST", "/predictions/cnn", "application/x-npy", Http.npy(image))
                            .body();
            post(http, "{\"concept\": \"bright\", \"level\": -3}", 201);
            byte[] mitigated =
                    http.send("POST", "/predictions/cnn", "application/x-npy", Http.npy(image))
                            .body();
            assertThat(mitigated).isNotEqualTo(plain);
            assertThat(http.json(PATH).path("mitigated_requests").path("mitigated").asLong())
                    .isEqualTo(1);
        }
    }

    private static FloatTensor bright(float more) {
        SplittableRandom random = new SplittableRandom(5);
        FloatTensor images = FloatTensor.zeros(6, 1, 8, 8);
        for (int i = 0; i < images.values().length; i++) {
            images.values()[i] = (float) random.nextDouble(-1, 1) + more * (i % 3);
        }
        return images;
    }

    private Path models() {
        return folder.resolve("models");
    }

    /** Examples of the concept, half as many, as an upload. */
    private Path fewer(Path model) throws Exception {
        Path zip = folder.resolve("fewer.npz");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String side : List.of("positives", "negatives")) {
                Path file = model.resolve(side.equals("positives") ? "with.npy" : "without.npy");
                FloatTensor all = NpyFile.readFloats(file);
                out.putNextEntry(new ZipEntry(side + ".npy"));
                out.write(Http.npy(all.slice(0, all.rows() / 2)));
                out.closeEntry();
            }
        }
        return zip;
    }

    /** Fits the concept as the model's configuration says, by itself. */
    private void project(Path model, double strength, Path out) throws Exception {
        LayerPath layer = new LayerPath(ModelFolders.LAYER);
        Path archive = model.resolve("model.pt");
        Path work = Files.createDirectories(folder.resolve("work"));
        try (TappedModel tapped =
                        TappedModel.load(archive, new TapSpec(layer, work, Device.cpu()));
                Archive opened = Archive.open(archive)) {
            LabelledActivations activations =
                    LabelledActivations.ofGroups(
                            pooled(tapped, model.resolve("with.npy")),
                            pooled(tapped, model.resolve("without.npy")));
            DenseVector direction = CavKind.SIGNAL.fit(activations).direction();
            double level = activations.meanLengths(direction).clean();
            Projection projection =
                    new Projection(List.of(new Projection.Move(direction, level, strength, true)));
            Projector.project(opened, layer, projection, out);
        }
    }

    private static FloatTensor pooled(TappedModel model, Path examples) {
        return Pooling.MAX.pool(model.observe(NpyFile.readFloats(examples)).activation());
    }

    /** 1e-4 of the largest logit: the CAV is fitted in other batches. */
    private static void assertClose(FloatTensor actual, FloatTensor expected) {
        float largest = 0;
        for (float value : expected.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(actual.values()).containsExactly(expected.values(), within(1e-4f * largest));
    }

    private static double sensitivity(Http http) {
        TestHost.sendAudited(http, "cnn", ModelFolders.images(), 24);
        double sum = 0;
        for (JsonNode concept : http.json("/audit/models/cnn").path("concepts")) {
            sum += concept.path("sensitivity").asDouble() * concept.path("samples").asLong();
        }
        return sum;
    }

    private static float[] logits(Http http) {
        return http.predict("cnn", ModelFolders.images().slice(0, 1)).values();
    }

    private static List<float[]> askUntil(Http http, AtomicBoolean stop) {
        List<float[]> answers = new ArrayList<>();
        while (!stop.get()) {
            answers.add(logits(http));
        }
        return answers;
    }

    private static JsonNode post(Http http, String body, int status) {
        HttpResponse<byte[]> response = send(http, "POST", PATH, body);
        assertThat(response.statusCode()).as(text(response)).isEqualTo(status);
        return Http.parse(response.body());
    }

    private static void put(Http http, String concept, Path examples, int status) throws Exception {
        HttpResponse<byte[]> response =
                http.send(
                        "PUT",
                        "/audit/models/cnn/concepts/" + concept,
                        "application/zip",
                        Files.readAllBytes(examples));
        assertThat(response.statusCode()).as(text(response)).isEqualTo(status);
    }

    private static HttpResponse<byte[]> send(Http http, String method, String path, String body) {
        return http.send(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
