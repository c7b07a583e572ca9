package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.tensor.NpzFile;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Inputs on a plane of four dimensions: the command finds it, and explain takes its file. */
class TangentIT {
    private static final int ROWS = 600; // more than one block
    private static final int SIDE = 28;
    private static final int PLANE = 4;

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeInputs() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        float[] values = new float[ROWS * SIDE * SIDE];
        long[] classes = new long[ROWS];
        for (int i = 0; i < ROWS; i++) {
            classes[i] = i % 2;
            for (int j = 0; j < PLANE; j++) {
                values[i * SIDE * SIDE + j] = (float) random.nextGaussian();
            }
        }
        NpyFile.write(folder.resolve("x.npy"), FloatTensor.of(values, ROWS, 1, SIDE, SIDE));
        NpyFile.write(folder.resolve("y.npy"), classes);
        NpyFile.write(folder.resolve("few.npy"), new long[] {0, 1});
    }

    @Test
    void aPlaneIsFoundAndExplanationsAreProjectedOntoIt() throws Exception {
        assertThat(run("tangent", "fit", "--inputs", file("x.npy"), "--out", file("p.npz")))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("mode").textValue()).isEqualTo("member");
        assertThat(result.path("mean_rank").doubleValue()).isCloseTo(PLANE, within(1e-9));
        assertThat(NpzFile.readFloats(folder.resolve("p.npz"), "s", 1 << 20).shape())
                .containsExactly(ROWS, 16);
        FloatTensor inputs = NpyFile.readFloats(folder.resolve("x.npy"));
        TangentBases bases = TangentBases.read(folder.resolve("p.npz"), inputs);
        assertThat(largestDifference(bases.project(inputs), inputs)).isLessThan(1e-5);
        assertThat(
                        run(
                                "explain",
                                "models/fashion_cnn.pt",
                                "--method=gradient",
                                "--inputs",
                                file("x.npy"),
                                "--tangent",
                                file("p.npz"),
                                "--out",
                                file("h.npy")))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        float[] maps = NpyFile.readFloats(folder.resolve("h.npy")).values();
        double beside = 0;
        for (int i = 0; i < maps.length; i++) {
            beside = i % (SIDE * SIDE) < PLANE ? beside : Math.max(beside, Math.abs(maps[i]));
        }
        assertThat(beside).isLessThan(1e-6);
    }

    /** A few updates: what is tested is the file, not how well the images are rebuilt. */
    @Test
    void autoEncodersOfEachClassGiveSpacesThatExplainTakes() throws Exception {
        FloatTensor few = NpyFile.readFloats(folder.resolve("x.npy")).slice(0, 6);
        NpyFile.write(folder.resolve("x6.npy"), few);
        NpyFile.write(folder.resolve("y6.npy"), new long[] {0, 1, 0, 1, 1, 0});
        String[] fit = {
            "tangent",
            "fit",
            "--kind=auto-encoder",
            "--inputs",
            file("x6.npy"),
            "--classes",
            file("y6.npy"),
            "--updates=3",
            "--batch-size=2",
            "--dimension=3",
            "--out",
            file("p6.npz")
        };
        assertThat(run(fit)).as(err.toString()).isEqualTo(ExitCode.DONE);
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("encoders").findValuesAsText("class")).containsExactly("0", "1");
        assertThat(result.path("encoders").findValuesAsText("images")).containsExactly("3", "3");
        assertThat(result.path("mean_rank").doubleValue()).isEqualTo(3);
        TangentBases bases = TangentBases.read(folder.resolve("p6.npz"), few);
        FloatTensor once = bases.project(few);
        assertThat(largestDifference(bases.project(once), once)).isLessThan(1e-5);
        String[] explain = {
            "explain",
            "models/fashion_cnn.pt",
            "--method=gradient",
            "--inputs",
            file("x6.npy"),
            "--tangent",
            file("p6.npz"),
            "--out",
            file("h6.npy")
        };
        assertThat(run(explain)).as(err.toString()).isEqualTo(ExitCode.DONE);
    }

    private static double largestDifference(FloatTensor a, FloatTensor b) {
        double largest = 0;
        for (int i = 0; i < a.values().length; i++) {
            largest = Math.max(largest, Math.abs(a.values()[i] - b.values()[i]));
        }
        return largest;
    }

    @Test
    void wrongOptionsAreNamedAndNothingIsWritten() {
        refused("dimension: 16 (expected: 1 to 7, one below neighbours)", "--neighbours=8");
        refused("kind: flat (expected: linear, auto-encoder)", "--kind=flat");
        refused("updates: 0 (expected: above 0)", "--kind=auto-encoder", "--updates=0");
        refused("mode: flat (expected: centred, member, strict)", "--mode=flat");
        refused("labels: 2 rows (expected: 600 rows)", "--classes", file("few.npy"));
        refused(
                "classes: of one side only (expected: --classes and --reference-classes)",
                "--reference",
                file("x.npy"),
                "--classes",
                file("y.npy"));
        refused(
                "reference points of class 0: 300 (expected: at least 400)",
                "--classes",
                file("y.npy"),
                "--neighbours=400");
    }

    private void refused(String message, String... options) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "tangent",
                                "fit",
                                "--inputs",
                                file("x.npy"),
                                "--out",
                                file("q.npz")));
        all.addAll(List.of(options));
        assertThat(run(all.toArray(String[]::new))).isNotZero();
        assertThat(err.toString()).contains("error: " + message);
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        return Plumbline.run(
                new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }
}
