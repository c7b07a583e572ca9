package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.plugin.concept.ExampleBodies;
import org.plumbline.plugin.config.WorkerTarget;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.FakeWorker;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.proto.v1.DeliveryState;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** The concept library over real HTTP while a real model serves. */
class ConceptLibraryIT {
    private static final String LIBRARY = "/audit/models/cnn/concepts";
    private static final FloatTensor IMAGES = ModelFolders.images();

    @TempDir Path folder;
    private Path model;
    private FloatTensor without;
    private FakeWorker worker;
    private EmbeddedServer server;
    private Http http;

    @BeforeEach
    void serve() {
        model =
                ModelFolders.audited(
                        folder.resolve("models"),
                        "cnn",
                        "features.8",
                        "target: 3\neffect: {rate: 1.0}\n");
        without = NpyFile.readFloats(model.resolve("without.npy"));
        worker = FakeWorker.start(0);
        start();
        worker.awaitAttached();
    }

    @AfterEach
    void stop() {
        server.close();
        worker.close();
    }

    @Test
    void aNewConceptIsAuditedAtOnceSurvivesARestartAndGoesWhenDeleted() {
        send(20);
        assertThat(put("blue", "", blue()).statusCode()).isEqualTo(201);
        send(10);
        assertThat(samples("blue")).isEqualTo(10);
        assertThat(samples("colour")).isEqualTo(30); // its window went on
        assertThat(prevalence("blue").path("samples_total").asLong()).isEqualTo(10);
        assertThat(prevalence("colour").path("samples_total").asLong()).isEqualTo(30);
        assertThat(series("blue").path("effect").path("samples_total").asLong()).isEqualTo(10);
        assertThat(http.text("/metrics"))
                .contains("plumbline_tcav_score_ratio{class=\"3\",concept=\"blue\"")
                .contains("plumbline_concept_cav_auc_ratio{concept=\"blue\"")
                .contains("plumbline_concept_prevalence_ratio{concept=\"blue\"")
                .contains("plumbline_concept_cav_auc_ratio{concept=\"colour\"")
                .contains("outcome=\"audited\"} 30.0");
        JsonNode before = http.json(LIBRARY + "/blue");
        restart();
        JsonNode after = http.json(LIBRARY + "/blue");
        assertThat(after.path("fits")).isEqualTo(before.path("fits")).hasSize(1);
        assertThat(after.path("state").asText()).isEqualTo("audited");
        send(10);
        assertThat(samples("blue")).isEqualTo(10);
        HttpResponse<byte[]> deleted = http.send("DELETE", LIBRARY + "/blue", "", new byte[0]);
        assertThat(deleted.statusCode()).isEqualTo(200);
        Eventually.that("series gone", () -> !http.text("/metrics").contains("\"blue\""));
        send(10);
        assertThat(samples("colour")).isEqualTo(20);
        assertThat(status("GET", LIBRARY + "/blue")).isEqualTo(404);
        restart();
        assertThat(http.json(LIBRARY).path("concepts")).hasSize(1);
    }

    @Test
    void whatHoldsAndWhereItComesFromIsShown() {
        byte[] body = blue();
        put("blue", "?cav=ridge&pooling=mean&seed=7", body);
        JsonNode blue = http.json(LIBRARY + "/blue");
        assertThat(blue.path("source").asText()).isEqualTo("upload");
        assertThat(blue.path("declared").asBoolean()).isFalse();
        assertThat(blue.path("upload").path("sha256").asText()).isEqualTo(Digest.of(body).hex());
        JsonNode fit = blue.path("fit");
        assertThat(fit).isEqualTo(blue.path("fits").get(0));
        assertThat(fit.path("archive_sha256").asText()).isEqualTo(source().hex());
        assertThat(fit.path("cav").asText()).isEqualTo("ridge");
        assertThat(fit.path("hyper_parameter").path("name").asText()).isEqualTo("alpha");
        assertThat(fit.path("seed").asLong()).isEqualTo(7);
        assertThat(fit.path("engine").asText()).startsWith("PyTorch 2");
        assertThat(fit.path("positives").path("count").asInt()).isEqualTo(24);
        assertThat(fit.path("positives").path("sha256").asText()).hasSize(64);
        assertThat(fit.path("quality").has("held_out_auc")).isTrue();
        JsonNode library = http.json(LIBRARY);
        assertThat(library.path("concepts").get(0).path("source").asText())
                .isEqualTo("configuration");
        assertThat(library.path("uploaded_bytes").asLong())
                .isEqualTo(4L * 2 * 24 * 3 * 28 * 28)
                .isEqualTo(blue.path("upload").path("bytes").asLong());
        assertThat(library.path("limits").path("concepts").asInt()).isEqualTo(200); // max-series
    }

    @Test
    void theSameUploadTwiceIsFittedOnceAndADeclaredConceptComesBack() {
        JsonNode declared = http.json(LIBRARY + "/colour");
        assertThat(put("colour", "", blue()).statusCode()).isEqualTo(200);
        JsonNode replaced = http.json(LIBRARY + "/colour");
        assertThat(replaced.path("source").asText()).isEqualTo("upload");
        assertThat(replaced.path("declared").asBoolean()).isTrue();
        assertThat(replaced.path("fit").path("cav_sha256"))
                .isNotEqualTo(declared.path("fit").path("cav_sha256"));
        send(5);
        assertThat(put("colour", "", blue()).statusCode()).isEqualTo(200);
        assertThat(http.json(LIBRARY + "/colour").path("upload"))
                .isEqualTo(replaced.path("upload"));
        assertThat(samples("colour")).isEqualTo(5);
        restart();
        assertThat(http.json(LIBRARY + "/colour").path("fit")).isEqualTo(replaced.path("fit"));
        assertThat(status("DELETE", LIBRARY + "/colour")).isEqualTo(200);
        assertThat(http.json(LIBRARY + "/colour").path("fit").path("cav_sha256"))
                .isEqualTo(declared.path("fit").path("cav_sha256"));
        assertThat(status("DELETE", LIBRARY + "/colour")).isEqualTo(409);
    }

    @Test
    void uploadsUnderLoadFailNoRequestAndChangeNoAnswer() throws Exception {
        float[] expected = http.predict("cnn", IMAGES).values();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(threads.submit(() -> askUntil(stop, expected)));
        }
        for (int i = 0; i < 6; i++) {
            assertThat(put("blue", "?seed=" + i / 2, blue()).statusCode()).isIn(200, 201);
            assertThat(put("red", "", brighter(0, 0.1f * i + 0.3f)).statusCode()).isIn(200, 201);
        }
        assertThat(status("DELETE", LIBRARY + "/red")).isEqualTo(200);
        stop.set(true);
        int answers = 0;
        for (Future<Integer> client : clients) {
            answers += client.get(); // rethrows the first failed request
        }
        threads.shutdownNow();
        assertThat(answers).isGreaterThan(4);
        JsonNode samples = http.json("/audit/models/cnn").path("samples");
        assertThat(samples.path("failed").asLong()).isZero();
    }

    @Test
    void badUploadsAreProblemsAndWhatHoldsGoesOn() {
        put("blue", "", blue());
        send(5);
        JsonNode before = http.json(LIBRARY);
        Map<String, byte[]> bad = new LinkedHashMap<>();
        bad.put("body: 4 bytes that are no zip", "text".getBytes(StandardCharsets.UTF_8));
        bad.put(
                "positives.npy: [2, 5, 28, 28] (expected: inputs the model takes)",
                ExampleBodies.npz(ones(2, 5), FloatTensor.zeros(2, 5, 28, 28)));
        float[] large = new float[2 * 3 * 28 * 28];
        Arrays.fill(large, Float.MAX_VALUE);
        bad.put(
                "positives.npy[0]: activation",
                ExampleBodies.npz(FloatTensor.of(large, 2, 3, 28, 28), without));
        bad.put("equal to negatives.npy", ExampleBodies.npz(without, without));
        FloatTensor one = without.rows(0, 0);
        bad.put("activations: ", ExampleBodies.npz(one, without.rows(0, 0, 0)));
        bad.forEach(
                (part, body) -> {
                    HttpResponse<byte[]> answer = put("blue", "", body);
                    JsonNode problem = Http.parse(answer.body());
                    assertThat(answer.statusCode()).as(part).isEqualTo(400);
                    assertThat(answer.headers().firstValue("Content-Type"))
                            .contains("application/problem+json");
                    assertThat(problem.path("detail").asText())
                            .contains(part)
                            .contains("(expected: ")
                            .doesNotContain("\n");
                    assertThat(put("new", "", body).statusCode()).isEqualTo(400);
                });
        assertThat(put("new", "?cav=pca", blue()).statusCode()).isEqualTo(400);
        assertThat(put("new", "?negatives=none", blue()).statusCode()).isEqualTo(400);
        assertThat(put("No.Name", "", blue()).statusCode()).isEqualTo(400);
        assertThat(status("POST", LIBRARY)).isEqualTo(405);
        assertThat(status("POST", LIBRARY + "/blue")).isEqualTo(405);
        assertThat(http.json(LIBRARY)).isEqualTo(before);
        send(5);
        assertThat(samples("blue")).isEqualTo(10);
        assertThat(samples("colour")).isEqualTo(10);
    }

    @Test
    void aDeliveryRefitsWhatWasAddedAndLeavesOutWhatItsModelCannotTell() throws IOException {
        put("blue", "", blue());
        put("red", "", brighter(0, 0.5f));
        Path blind = blind(folder.resolve("blind.pt"));
        worker.offer("d1", "cnn", blind, source());
        worker.await("d1", DeliveryState.DELIVERY_STATE_STAGED);
        put("late", "?negatives=colour", brighterAlone(1, 0.4f)); // the staged one follows
        worker.promote("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_PROMOTED);
        JsonNode red = http.json(LIBRARY + "/red");
        assertThat(red.path("state").asText()).isEqualTo("audited");
        assertThat(red.path("fits")).hasSize(2);
        assertThat(red.path("fits").get(0).path("archive_sha256").asText())
                .isEqualTo(Digest.of(blind).hex());
        assertThat(red.path("fits").get(1).path("archive_sha256").asText())
                .isEqualTo(source().hex());
        assertThat(http.json(LIBRARY + "/late").path("fits")).hasSize(2);
        JsonNode blue = http.json(LIBRARY + "/blue");
        assertThat(blue.path("state").asText()).isEqualTo("unfit");
        assertThat(blue.path("reason").asText()).contains("concept blue: ", "equal");
        send(10);
        assertThat(samples("red")).isEqualTo(10);
        assertThat(http.text("/metrics")).doesNotContain("concept=\"blue\"");
        restart();
        assertThat(http.json(LIBRARY + "/red").path("fits")).hasSize(2);
        worker.rollBack("d1");
        worker.await("d1", DeliveryState.DELIVERY_STATE_ROLLED_BACK);
        assertThat(http.json(LIBRARY + "/blue").path("state").asText()).isEqualTo("audited");
        send(10);
        assertThat(samples("blue")).isEqualTo(10);
    }

    @Test
    void aDamagedUploadIsSetAsideAndTheModelIsAuditedAlongTheOthers() throws IOException {
        put("blue", "", blue());
        server.close();
        Path file;
        try (var files = Files.walk(folder.resolve("cache"))) {
            file = files.filter(f -> f.endsWith("blue.npz")).findFirst().orElseThrow();
        }
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
        start();
        assertThat(http.json("/audit/models/cnn").path("state").asText()).isEqualTo("audited");
        assertThat(http.json(LIBRARY).path("concepts")).hasSize(1);
        assertThat(file.resolveSibling("blue.npz.corrupt")).exists();
        assertThat(put("blue", "", blue()).statusCode()).isEqualTo(201);
    }

    /** Images with more blue, against the same without. */
    private byte[] blue() {
        return brighter(2, 0.5f);
    }

    private byte[] brighter(int channel, float by) {
        return ExampleBodies.npz(raised(channel, by), without);
    }

    private byte[] brighterAlone(int channel, float by) {
        return ExampleBodies.zip(Map.of("positives.npy", Http.npy(raised(channel, by))));
    }

    private FloatTensor raised(int channel, float by) {
        float[] values = without.values().clone();
        int plane = 28 * 28;
        for (int i = 0; i < values.length; i++) {
            values[i] += i / plane % 3 == channel ? by : 0;
        }
        return FloatTensor.of(values, without.shape());
    }

    private static FloatTensor ones(int rows, int channels) {
        float[] values = new float[rows * channels * 28 * 28];
        Arrays.fill(values, 1);
        return FloatTensor.of(values, rows, channels, 28, 28);
    }

    /** Writes a repair whose first layer does not see blue. */
    private Path blind(Path out) throws IOException {
        Path candidate = folder.resolve("blind.candidate");
        try (Archive archive = Archive.open(model.resolve("model.pt"))) {
            String key =
                    Optional.ofNullable(archive.tensors().get("features.0.weight"))
                            .orElseThrow()
                            .key();
            byte[] bytes = archive.read("data/" + key, 1 << 20).orElseThrow();
            float[] weights = new float[12 * 3 * 9];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(weights);
            for (int i = 0; i < weights.length; i++) {
                weights[i] = i / 9 % 3 == 2 ? 0 : weights[i];
            }
            FloatTensor changed = FloatTensor.of(weights, 12, 3, 3, 3);
            RepairedArchive.patch(archive, Map.of("features.0.weight", changed), candidate);
            RepairedArchive.seal(
                    candidate,
                    new ObjectMapper().createObjectNode().put("source", archive.digest().hex()),
                    out);
            return out;
        }
    }

    private Digest source() {
        try {
            return Digest.of(model.resolve("model.pt"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private int askUntil(AtomicBoolean stop, float[] expected) {
        int answers = 0;
        while (!stop.get()) {
            assertThat(http.predict("cnn", IMAGES).values()).containsExactly(expected);
            answers++;
        }
        return answers;
    }

    private void send(int count) {
        long before = audited();
        long windowed = samples("colour");
        for (int i = 0; i < count; i++) {
            int row = i % without.rows();
            http.predict("cnn", without.slice(row, row + 1));
        }
        Eventually.that("every sample is counted", () -> audited() == before + count);
        Eventually.that("every window is filled", () -> samples("colour") >= windowed + count);
    }

    private long audited() {
        return http.json("/audit/models/cnn").path("samples").path("audited").asLong();
    }

    private long samples(String concept) {
        return series(concept).path("samples").asLong();
    }

    private JsonNode series(String concept) {
        return described("concepts", concept);
    }

    private JsonNode prevalence(String concept) {
        return described("prevalences", concept);
    }

    private JsonNode described(String list, String concept) {
        JsonNode found = MissingNode.getInstance();
        for (JsonNode node : http.json("/audit/models/cnn").path(list)) {
            found = node.path("concept").asText().equals(concept) ? node : found;
        }
        return found;
    }

    private HttpResponse<byte[]> put(String name, String query, byte[] body) {
        return http.send("PUT", LIBRARY + "/" + name + query, "application/zip", body);
    }

    private int status(String method, String path) {
        return http.send(method, path, "text/plain", new byte[0]).statusCode();
    }

    private void restart() {
        server.close();
        int announced = worker.announcements().size();
        start();
        Eventually.that("attached", () -> worker.announcements().size() > announced);
    }

    private void start() {
        server = TestHost.start(folder, WorkerTarget.plain("127.0.0.1:" + worker.port()));
        http = new Http(server.port());
    }
}
