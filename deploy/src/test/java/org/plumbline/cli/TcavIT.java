package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The command on a committed archive with the real engine. */
class TcavIT {
    private static final String MODEL = "models/fashion_cnn.pt";
    private static final String LAYER = "--layer=features.8";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int ROWS = 48;
    private static final int SIZE = 28 * 28;
    private static final int RANDOM = 19;

    @TempDir private static Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void fitAConcept() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        float[] pixels = new float[ROWS * SIZE];
        long[] concept = new long[ROWS];
        long[] labels = new long[ROWS];
        for (int at = 0; at < pixels.length; at++) {
            int row = at / SIZE;
            concept[row] = row % 2;
            labels[row] = row % 3;
            boolean marked = row % 2 == 1 && at % SIZE / 28 >= 20 && at % 28 >= 20;
            pixels[at] = marked ? 1 : (float) random.nextDouble() * 0.5f;
        }
        NpyFile.write(folder.resolve("x.npy"), FloatTensor.of(pixels, ROWS, 1, 28, 28));
        NpyFile.write(folder.resolve("concept.npy"), concept);
        NpyFile.write(folder.resolve("labels.npy"), labels);
        done("activations", MODEL, LAYER, "--inputs", file("x.npy"), "--out", file("a.npy"));
        done(
                "cav",
                "--activations",
                file("a.npy"),
                "--pool=max",
                "--labels",
                file("concept.npy"),
                "--resamples=0",
                "--out",
                file("v.npy"));
    }

    @Test
    void classesAreMeasuredAsIfEachWereAlone() throws Exception {
        JsonNode all = tcav("--labels", file("labels.npy"));
        assertThat(all.path("samples").intValue()).isEqualTo(ROWS);
        assertThat(all.path("classes")).hasSize(3);
        double sensitivity = 0;
        for (JsonNode row : all.path("classes")) {
            sensitivity += row.path("sensitivity").doubleValue() / 3; // classes of one size
            if (row.path("class").asText().equals("0")) {
                continue; // two are enough
            }
            JsonNode alone =
                    tcav("--labels", file("labels.npy"), "--class=" + row.path("class").asText());
            assertThat(alone.path("samples").intValue()).isEqualTo(ROWS / 3);
            for (String field :
                    List.of(
                            "score",
                            "score_standard_error",
                            "location_score",
                            "location_score_standard_error")) {
                assertThat(row.path(field)).as(field).isEqualTo(alone.path(field));
            }
            for (String field : List.of("sensitivity", "magnitude", "magnitude_standard_error")) {
                assertThat(row.path(field).doubleValue())
                        .as(field)
                        .isCloseTo(alone.path(field).doubleValue(), within(1e-6));
            }
            assertThat(row.path("magnitude").doubleValue())
                    .isGreaterThanOrEqualTo(Math.abs(row.path("sensitivity").doubleValue()));
        }
        assertThat(all.path("sensitivity").doubleValue()).isCloseTo(sensitivity, within(1e-6));
    }

    @Test
    void withoutAClassEachSampleCountsForTheOneItIsGiven() throws Exception {
        int samples = 0;
        for (JsonNode row : tcav().path("classes")) {
            assertThat(row.path("class").intValue()).isBetween(0, 9);
            samples += row.path("samples").intValue();
        }
        assertThat(samples).isEqualTo(ROWS);
    }

    @Test
    void significanceIsRankedAmongRandomCavsAndCorrectedOverClasses() throws Exception {
        String[] options = significance("--seed=4");
        JsonNode found = tcav(options);
        assertThat(found.path("random_cavs").intValue()).isEqualTo(RANDOM);
        for (String statistic : List.of("score", "sensitivity")) {
            List<JsonNode> rows = new ArrayList<>();
            for (JsonNode row : found.path("significance")) {
                if (row.path("statistic").asText().equals(statistic)) {
                    rows.add(row);
                }
            }
            assertThat(rows).hasSize(4);
            assertThat(rows.get(3).path("class").asText()).isEqualTo("all");
            correctedByHolm(rows.subList(0, 3));
            for (JsonNode row : rows) {
                double rank = row.path("p_value").doubleValue() * (RANDOM + 1);
                assertThat(rank).isCloseTo(Math.rint(rank), within(1e-9)).isBetween(1.0, 20.0);
                double z =
                        (row.path("value").doubleValue() - row.path("random_mean").doubleValue())
                                / row.path("random_deviation").doubleValue();
                assertThat(row.path("cohens_d").doubleValue()).isCloseTo(z, within(1e-6));
                assertThat(row.path("cliffs_delta").doubleValue()).isBetween(-1.0, 1.0);
                assertThat(row.path("student_p_value").doubleValue()).isBetween(0.0, 1.0);
            }
        }
        assertThat(tcav(options)).isEqualTo(found);
        assertThat(tcav(significance("--seed=5")).path("significance"))
                .isNotEqualTo(found.path("significance"));
    }

    private String[] significance(String seed) {
        return new String[] {
            "--labels",
            file("labels.npy"),
            "--random=" + RANDOM,
            seed,
            "--activations",
            file("a.npy"),
            "--concept",
            file("concept.npy")
        };
    }

    /** The smallest of three counts three times, the next twice, none less than one before it. */
    private static void correctedByHolm(List<JsonNode> rows) {
        List<JsonNode> sorted = new ArrayList<>(rows);
        sorted.sort((a, b) -> Double.compare(p(a), p(b)));
        double least = 0;
        for (int i = 0; i < 3; i++) {
            least = Math.max(least, Math.min(1, (3 - i) * p(sorted.get(i))));
            assertThat(sorted.get(i).path("p_value_corrected").doubleValue())
                    .isCloseTo(least, within(1e-12));
        }
    }

    private static double p(JsonNode row) {
        return row.path("p_value").doubleValue();
    }

    @Test
    void aSmallChangeOfTheActivationDoesWhatTheGradientForetells() throws Exception {
        JsonNode found =
                tcav(
                        "--class=3",
                        "--effects",
                        "--strengths=0.01,0.02",
                        "--activations",
                        file("a.npy"),
                        "--concept",
                        file("concept.npy"));
        JsonNode effects = found.path("effects");
        assertThat(effects).hasSize(6); // two directions, strength 1 besides those asked for
        for (int j = 0; j < 6; j += 3) {
            double foretold = effects.get(j).path("foretold").doubleValue();
            assertThat(effects.get(j).path("strength").doubleValue()).isEqualTo(0.01);
            assertThat(effects.get(j + 2).path("strength").doubleValue()).isEqualTo(1);
            assertThat(effects.get(j).path("change").doubleValue() / foretold)
                    .isCloseTo(1, within(0.1)); // units switch on the way
            assertThat(effects.get(j + 1).path("foretold").doubleValue())
                    .isCloseTo(2 * foretold, within(1e-4 * Math.abs(foretold)));
        }
        assertThat(effects.get(0).path("intervention").asText()).isEqualTo("remove");
        assertThat(effects.get(3).path("intervention").asText()).isEqualTo("add");
        assertThat(effects.get(0).path("level").doubleValue())
                .isLessThan(effects.get(3).path("level").doubleValue());
        JsonNode use = found.path("use").path(0);
        assertThat(use.path("use").asText()).isIn("undecided", "unused", "used", "masked");
        assertThat(use.path("change_lower").doubleValue())
                .isLessThanOrEqualTo(effects.get(2).path("change").doubleValue());
        assertThat(use.path("change_upper").doubleValue())
                .isGreaterThanOrEqualTo(effects.get(2).path("change").doubleValue());
    }

    @Test
    void whatNeedsExamplesSaysSo() {
        for (String option : List.of("--random=9", "--effects")) {
            err.getBuffer().setLength(0);
            assertThat(run(arguments(option))).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(err.toString())
                    .startsWith("error: activations: absent (expected: --activations")
                    .contains(option.replaceFirst("=.*", ""))
                    .hasLineCount(1);
        }
        err.getBuffer().setLength(0);
        String[] zero = arguments("--random=0", "--activations", file("a.npy"));
        assertThat(run(zero)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: concept: absent");
    }

    @Test
    void theTableShowsClassesInColumns() {
        assertThat(run(arguments("--labels", file("labels.npy")))).isZero();
        assertThat(out.toString())
                .contains("score standard error", "classes:", "magnitude")
                .doesNotContain("{");
    }

    private String[] arguments(String... options) {
        List<String> all = new ArrayList<>(List.of("tcav", MODEL, LAYER));
        all.addAll(List.of("--inputs", file("x.npy"), "--cav", file("v.npy")));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    private static void done(String... arguments) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        assertThat(Plumbline.run(nowhere, nowhere, arguments)).isZero();
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode tcav(String... options) throws Exception {
        return json(arguments(options));
    }

    private JsonNode json(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        out.getBuffer().setLength(0);
        int code = run(all.toArray(String[]::new));
        assertThat(code).as(err.toString()).isZero();
        return MAPPER.readTree(out.toString());
    }

    private int run(String... arguments) {
        return Plumbline.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
