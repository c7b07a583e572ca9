package org.plumbline.plugin.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapReading;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Significance and drift of a real model's answers, live. */
class EvidenceIT {
    private static final String DRIFT =
            """
            target: 3
            window: {samples: 160}
            """;
    private static final String SIGNIFICANCE =
            """
              - {name: slope, positives: slope-a.npy, negatives: slope-b.npy}
              - {name: chance, positives: chance-a.npy, negatives: chance-b.npy}
            significance: {random-cavs: 300, seed: 7}
            """;
    private static final FloatTensor IMAGES = ModelFolders.images();
    private static final int CANDIDATES = 2000;
    private static final int EACH = 16;

    @TempDir Path folder;

    /**
     * One concept matters by construction, its examples are the farthest apart along the gradient
     * of the traffic; the labels of another are drawn. All classes and concepts are corrected for.
     */
    @Test
    void whatMovesTheLogitIsSignificantAndChanceIsNotOverAllClasses() throws Exception {
        Path model = model(SIGNIFICANCE);
        FloatTensor traffic = NpyFile.readFloats(model.resolve("without.npy"));
        FloatTensor candidates = noisy(traffic);
        slope(model, candidates, traffic);
        chance(model, candidates);
        List<Double> first = pValues("first", traffic, "slope");
        assertThat(first).isNotEmpty().anyMatch(p -> p < 0.05);
        assertThat(pValues("first", traffic, "chance")).isNotEmpty().allMatch(p -> p > 0.05);
        assertThat(pValues("second", traffic, "slope")).isEqualTo(first);
    }

    /** Corrected p-values of all classes seen, of a server that starts anew. */
    private List<Double> pValues(String cache, FloatTensor traffic, String concept) {
        try (EmbeddedServer server = TestHost.start(folder, cache)) {
            Http http = new Http(server.port());
            send(http, traffic, 400);
            assertThat(http.text("/metrics"))
                    .containsPattern("plumbline_concept_p_value\\{class=.*concept=\"" + concept);
            return http.json("/audit/models/cnn")
                    .path("concepts")
                    .valueStream()
                    .filter(node -> node.path("concept").asText().equals(concept))
                    .map(node -> node.path("p_value").asDouble())
                    .toList();
        }
    }

    @Test
    void driftOfSensitivityAndPrevalenceIsToldAndARestartKeepsTheBaselines() throws Exception {
        Path model = model(DRIFT);
        FloatTensor without = NpyFile.readFloats(model.resolve("without.npy"));
        JsonNode baseline;
        JsonNode prevalence;
        try (EmbeddedServer server = TestHost.start(folder, "cache")) {
            Http http = new Http(server.port());
            send(http, without, 200);
            baseline = series(http, "concepts").path("drift").path("baseline");
            assertThat(baseline.path("samples").asInt()).isEqualTo(96); // 160 less 64 for the clip
            prevalence = series(http, "prevalences").path("drift").path("baseline");
            assertThat(prevalence.path("samples").asInt()).isEqualTo(160);
            assertThat(series(http, "prevalences").path("share").asDouble()).isLessThan(0.2);
            assertThat(http.text("/metrics"))
                    .contains("plumbline_concept_drift{class=\"3\",concept=\"colour\"")
                    .contains("plumbline_concept_prevalence_drift{concept=\"colour\"");
        }
        try (EmbeddedServer server = TestHost.start(folder, "cache")) {
            Http http = new Http(server.port());
            send(http, without, 200);
            JsonNode drift = series(http, "concepts").path("drift");
            assertThat(drift.path("baseline")).isEqualTo(baseline);
            assertThat(drift.path("samples").asInt()).isEqualTo(200);
            assertThat(drift.path("alarm").asBoolean()).isFalse();
            drift = series(http, "prevalences").path("drift");
            assertThat(drift.path("baseline")).isEqualTo(prevalence);
            assertThat(drift.path("samples").asInt()).isEqualTo(200);
            assertThat(drift.path("alarm").asBoolean()).isFalse();
            send(http, IMAGES, 400); // from now on every image shows the concept
            assertThat(series(http, "concepts").path("drift").path("alarm").asBoolean()).isTrue();
            JsonNode now = series(http, "prevalences");
            assertThat(now.path("drift").path("alarm").asBoolean()).as("%s", now).isTrue();
            assertThat(now.path("drift").path("direction").asText()).isEqualTo("rise");
            assertThat(now.path("samples_total").asInt()).isEqualTo(600);
            assertThat(http.text("/metrics"))
                    .containsPattern(
                            "plumbline_concept_drift\\{class=\"3\",concept=\"colour\".*} 1")
                    .containsPattern("plumbline_concept_prevalence_drift\\{concept=\"colour\".*} 1")
                    .containsPattern("plumbline_concept_samples_total\\{.*} 600");
        }
    }

    private Path model(String more) {
        return ModelFolders.audited(folder.resolve("models"), "cnn", ModelFolders.LAYER, more);
    }

    /** Copies with noise of their own. */
    private static FloatTensor noisy(FloatTensor images) {
        Random random = new Random(5);
        float[] values = new float[CANDIDATES * images.rowSize()];
        for (int i = 0; i < values.length; i++) {
            float pixel = images.values()[i % images.values().length];
            values[i] = pixel + 0.3f * (float) random.nextGaussian();
        }
        long[] shape = images.shape();
        return FloatTensor.of(values, CANDIDATES, shape[1], shape[2], shape[3]);
    }

    /** Solves covariance times x = direction, by steps down the slope from zero. */
    private static DenseVector whitened(float[] direction, FloatTensor rows) {
        int d = direction.length;
        double[] mean = new double[d];
        double trace = 0;
        for (int i = 0; i < rows.values().length; i++) {
            mean[i % d] += rows.values()[i] / (double) rows.rows();
        }
        double[][] covariance = new double[d][d];
        for (int i = 0; i < rows.rows(); i++) {
            float[] row = rows.row(i).toArray();
            for (int a = 0; a < d; a++) {
                double x = (row[a] - mean[a]) / rows.rows();
                for (int b = 0; b < d; b++) {
                    covariance[a][b] += x * (row[b] - mean[b]);
                }
            }
        }
        for (int a = 0; a < d; a++) {
            trace += covariance[a][a];
        }
        double[] x = new double[d];
        for (int step = 0; step < 2000; step++) {
            double[] next = x.clone();
            for (int a = 0; a < d; a++) {
                double gap = direction[a];
                for (int b = 0; b < d; b++) {
                    gap -= covariance[a][b] * x[b];
                }
                next[a] += gap / trace;
            }
            x = next;
        }
        return DenseVector.copyOf(x);
    }

    /** Returns the places of the value that comes most often. */
    private static int[] mostCommon(int... values) {
        return IntStream.range(0, 10)
                .mapToObj(
                        v ->
                                IntStream.range(0, values.length)
                                        .filter(i -> values[i] == v)
                                        .toArray())
                .max(Comparator.comparingInt(places -> places.length))
                .orElseThrow();
    }

    /**
     * Picks two groups whose activations differ along the mean gradient of the class predicted most
     * often, and little else: the extremes along the inverse covariance times the gradient.
     */
    private void slope(Path model, FloatTensor images, FloatTensor traffic) throws Exception {
        TapSpec spec =
                new TapSpec(
                        new LayerPath(ModelFolders.LAYER), Optional.empty(), folder, Device.cpu());
        try (TappedModel tapped = TappedModel.load(model.resolve("model.pt"), spec)) {
            TapReading read = tapped.read(traffic, -1);
            int[] predicted =
                    IntStream.range(0, traffic.rows()).map(read.logits()::largest).toArray();
            FloatTensor gradients = Pooling.MEAN.pool(read.gradient()).rows(mostCommon(predicted));
            float[] mean = new float[gradients.rowSize()];
            for (int i = 0; i < gradients.values().length; i++) {
                mean[i % mean.length] += gradients.values()[i] / gradients.rows();
            }
            FloatTensor pooled = Pooling.MAX.pool(tapped.observe(images).activation());
            DenseVector slope = whitened(mean, pooled);
            int[] order =
                    IntStream.range(0, images.rows())
                            .boxed()
                            .sorted(Comparator.comparingDouble(i -> pooled.row(i).dot(slope)))
                            .mapToInt(Integer::intValue)
                            .toArray();
            NpyFile.write(
                    model.resolve("slope-a.npy"),
                    images.rows(Arrays.copyOfRange(order, order.length - EACH, order.length)));
            NpyFile.write(model.resolve("slope-b.npy"), images.rows(Arrays.copyOf(order, EACH)));
        }
    }

    /** Splits images without the concept by chance. */
    private static void chance(Path model, FloatTensor images) throws Exception {
        int[] order =
                new Random(5).ints(0, images.rows()).distinct().limit(images.rows()).toArray();
        NpyFile.write(model.resolve("chance-a.npy"), images.rows(Arrays.copyOf(order, EACH)));
        NpyFile.write(
                model.resolve("chance-b.npy"),
                images.rows(Arrays.copyOfRange(order, EACH, 2 * EACH)));
    }

    private void send(Http http, FloatTensor images, int count) {
        long before = seen(http);
        TestHost.send(http, "cnn", images, count);
        Eventually.that("every sample is counted", () -> seen(http) == before + count);
    }

    private static JsonNode series(Http http, String list) {
        for (JsonNode node : http.json("/audit/models/cnn").path(list)) {
            if (node.path("concept").asText().equals("colour")) {
                return node;
            }
        }
        return MissingNode.getInstance();
    }

    private static long seen(Http http) {
        return series(http, "prevalences").path("samples_total").asLong();
    }
}
