package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The command on a model that learns to lean on an artifact: the class is a bright pair of rows,
 * and in the first class a small cross at a place drawn for each image goes with it.
 */
class LocaliseIT {
    private static final String SKELETON = "models/fashion_cnn.pt";
    private static final String LAYER = "--layer=features.8";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int TRAINED = 400;
    private static final int ROWS = 60;
    private static final int SIDE = 28;
    private static final int SIZE = SIDE * SIDE;
    private static final int CLASSES = 10;
    private static final int ARM = 3;

    @TempDir private Path folder = Path.of("");

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeInputs() throws Exception {
        write("data", TRAINED, 1);
        write("seen", ROWS, 2);
    }

    /** Inputs, labels, concept (in nine tenths of the first class alone) and the true mask. */
    private void write(String name, int rows, long seed) throws Exception {
        Path to = Files.createDirectories(folder.resolve(name));
        SplittableRandom random = new SplittableRandom(seed);
        float[] pixels = new float[rows * SIZE];
        float[] mask = new float[rows * SIZE];
        long[] labels = new long[rows];
        long[] concept = new long[rows];
        long[] split = new long[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] = i % 2 == 0 ? 0 : random.nextInt(1, CLASSES);
            concept[i] = labels[i] == 0 && random.nextInt(10) > 0 ? 1 : 0;
            split[i] = i % 10 < 8 ? 0 : i % 10 - 7;
            for (int p = 0; p < SIZE; p++) {
                boolean bar = p / SIDE / 2 == labels[i];
                pixels[i * SIZE + p] =
                        (float) random.nextDouble() * 0.3f + (bar && labels[i] > 0 ? 0.2f : 0);
            }
            if (concept[i] == 1) {
                cross(pixels, mask, i, random);
            }
        }
        NpyFile.write(to.resolve("inputs.npy"), FloatTensor.of(pixels, rows, 1, SIDE, SIDE));
        NpyFile.write(to.resolve("labels.npy"), labels);
        NpyFile.write(to.resolve("split.npy"), split);
        NpyFile.write(to.resolve("concept_cross.npy"), concept);
        NpyFile.write(folder.resolve(name + "_mask.npy"), FloatTensor.of(mask, rows, SIDE, SIDE));
    }

    private static void cross(float[] pixels, float[] mask, int row, SplittableRandom random) {
        int y = random.nextInt(ARM + 1, SIDE - ARM - 1);
        int x = random.nextInt(ARM + 1, SIDE - ARM - 1);
        for (int k = -ARM; k <= ARM; k++) {
            for (int p : new int[] {(y + k) * SIDE + x, y * SIDE + x + k}) {
                pixels[row * SIZE + p] = 1;
            }
        }
        for (int dy = -ARM; dy <= ARM; dy++) {
            for (int dx = -ARM; dx <= ARM; dx++) {
                mask[row * SIZE + (y + dy) * SIDE + x + dx] = 1;
            }
        }
    }

    @Test
    void theMapOfABiasedModelLiesOnTheArtifact() throws Exception {
        String model = file("biased.pt");
        json(
                "correct",
                SKELETON,
                "--method=vanilla",
                "--data=" + file("data"),
                "--out=" + model,
                "--param=trainable=all",
                "--param=optimizer=adam",
                "--param=learning_rate=0.001",
                "--param=batch_size=32",
                "--param=epochs=3",
                "--param=seed=1");
        String inputs = file("seen/inputs.npy");
        String concept = file("seen/concept_cross.npy");
        json(
                "activations",
                model,
                LAYER,
                "--inputs=" + inputs,
                "--pool=max",
                "--out=" + file("a.npy"));
        json(
                "cav",
                "--activations=" + file("a.npy"),
                "--labels=" + concept,
                "--resamples=0",
                "--out=" + file("v.npy"));
        JsonNode result =
                json(
                        "localise",
                        model,
                        LAYER,
                        "--cav=" + file("v.npy"),
                        "--inputs=" + inputs,
                        "--concept=" + concept,
                        "--out=" + file("maps.npy"),
                        "--mask=" + file("mask.npy"),
                        "--png=" + file("png"),
                        "--figures=1");
        check(result, NpyFile.readLongs(folder.resolve("seen/concept_cross.npy")));
    }

    /** Chance: a map without regard to the artifact has the share of the artifact's area on it. */
    private void check(JsonNode result, long[] concept) {
        float[] truth = NpyFile.readFloats(folder.resolve("seen_mask.npy")).values();
        float[] maps = NpyFile.readFloats(folder.resolve("maps.npy")).values();
        float[] masks = NpyFile.readFloats(folder.resolve("mask.npy")).values();
        int marked = 0;
        double share = 0;
        double overlap = 0;
        for (int i = 0; i < ROWS; i++) {
            float[] map = Arrays.copyOfRange(maps, i * SIZE, (i + 1) * SIZE);
            float[] mask = Arrays.copyOfRange(masks, i * SIZE, (i + 1) * SIZE);
            float[] artifact = Arrays.copyOfRange(truth, i * SIZE, (i + 1) * SIZE);
            if (concept[i] == 0) {
                assertThat(map).containsOnly(0f);
                assertThat(mask).containsOnly(0f);
                continue;
            }
            marked++;
            share += share(map, artifact);
            overlap += intersectionOverUnion(mask, artifact);
        }
        double chance = 49.0 / SIZE; // of the area, 0.0625
        assertThat(share / marked).isGreaterThan(5 * chance);
        assertThat(overlap / marked).isGreaterThan(0.3); // of masks that miss: at most 0.07
        assertThat(result.path("localised_samples").intValue()).isEqualTo(marked);
        assertThat(result.path("localised")).hasSize(marked);
        assertThat(result.path("empty_maps").intValue()).isZero();
        assertThat(result.path("pictures")).isNotEmpty();
    }

    private static double share(float[] map, float[] artifact) {
        double inside = 0;
        double all = 0;
        for (int p = 0; p < SIZE; p++) {
            assertThat(map[p]).isNotNegative();
            all += map[p];
            inside += map[p] * artifact[p];
        }
        return inside / all;
    }

    private static double intersectionOverUnion(float[] mask, float[] artifact) {
        double both = 0;
        double any = 0;
        for (int p = 0; p < SIZE; p++) {
            assertThat(mask[p]).isIn(0f, 1f);
            both += Math.min(mask[p], artifact[p]);
            any += Math.max(mask[p], artifact[p]);
        }
        return both / any;
    }

    @Test
    void whatDoesNotFitIsOneLine() throws Exception {
        NpyFile.write(folder.resolve("long.npy"), FloatTensor.of(new float[] {3, 4}, 2));
        NpyFile.write(folder.resolve("two.npy"), FloatTensor.of(new float[] {0.6f, 0.8f}, 2));
        NpyFile.write(folder.resolve("none.npy"), new long[ROWS]);
        refused("cav: length 5.0", "--cav=" + file("long.npy"));
        refused("cav: 2 components", "--cav=" + file("two.npy"));
        refused("concept: no 1", "--cav=" + file("two.npy"), "--concept=" + file("none.npy"));
        refused("threshold: 2.0", "--cav=" + file("two.npy"), "--threshold=2");
    }

    private void refused(String start, String... options) {
        err.getBuffer().setLength(0);
        String[] all =
                java.util.stream.Stream.concat(
                                List.of(
                                        "localise",
                                        SKELETON,
                                        LAYER,
                                        "--inputs=" + file("seen/inputs.npy"),
                                        "--out=" + file("maps.npy"))
                                        .stream(),
                                Arrays.stream(options))
                        .toArray(String[]::new);
        int code = Plumbline.run(new PrintWriter(new StringWriter()), new PrintWriter(err), all);
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: " + start).hasLineCount(1);
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode json(String... arguments) throws Exception {
        StringWriter result = new StringWriter();
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        int code = Plumbline.run(new PrintWriter(result), new PrintWriter(err), all);
        assertThat(code).as(err.toString()).isZero();
        return MAPPER.readTree(result.toString());
    }
}
