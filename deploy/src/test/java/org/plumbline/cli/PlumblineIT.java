package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

class PlumblineIT {
    private static final String MODEL = "models/fashion_cnn.pt";
    private static final String ZOO = "../core/src/test/resources/zoo/torch2/";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int ROWS = 40;

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeInputs() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        float[] pixels = new float[ROWS * 784];
        long[] concept = new long[ROWS];
        float[] mask = new float[ROWS * 784];
        for (int at = 0; at < pixels.length; at++) {
            int row = at / 784;
            concept[row] = row % 2;
            boolean marked = row % 2 == 1 && at % 784 / 28 >= 20 && at % 28 >= 20;
            pixels[at] = marked ? 1 : (float) random.nextDouble() * 0.5f;
            mask[at] = marked ? 1 : 0;
        }
        NpyFile.write(folder.resolve("x.npy"), FloatTensor.of(pixels, ROWS, 1, 28, 28));
        NpyFile.write(folder.resolve("mask.npy"), FloatTensor.of(mask, ROWS, 28, 28));
        NpyFile.write(folder.resolve("y.npy"), concept);
    }

    @Test
    void inspectListsLayersAndHowTheModelWasMade() throws Exception {
        JsonNode model = json("inspect", MODEL);
        assertThat(model.path("form").textValue()).isEqualTo("scripted");
        assertThat(model.path("parameters").longValue()).isGreaterThan(90_000);
        JsonNode probe = layer(model, "features.8");
        assertThat(probe.path("type").textValue()).isEqualTo("Conv2d");
        assertThat(probe.path("tappable").booleanValue()).isTrue();
        assertThat(probe.path("parameters").longValue()).isEqualTo(64 * 64 * 9 + 64);
        assertThat(json("inspect", "models/resnet18.pt").path("form").textValue())
                .isEqualTo("traced");
    }

    @Test
    void inspectTriesAnArchiveInAChildProcessWhenAsked() throws Exception {
        JsonNode probe = json("inspect", MODEL, "--probe", "2,1,28,28").path("probe");
        assertThat(probe.path("output").get(0).intValue()).isEqualTo(2);
        assertThat(probe.path("output").get(1).intValue()).isEqualTo(10);
        assertThat(probe.path("memory_bytes").longValue()).isGreaterThan(1 << 20);
    }

    @Test
    void inspectOffersALayerForOneThatCannotBeTapped() throws Exception {
        JsonNode fx = json("inspect", ZOO + "resnet18.fx_trace.pt");
        JsonNode container = layer(fx, "layer3");
        assertThat(container.path("tappable").booleanValue()).isFalse();
        assertThat(container.path("reason").textValue()).isEqualTo("forward never calls layer3");
        assertThat(container.path("offer").textValue()).isEqualTo("layer3.1.bn2");
        assertThat(layer(fx, "layer3.1.bn2").path("offer").textValue()).isEmpty();
        run("inspect", ZOO + "resnet18.fx_trace.pt");
        assertThat(out.toString()).contains("forward never calls layer3", "layer3.1.bn2");
    }

    @Test
    void inspectQuotesTheStatementThatPreventsASplit() throws Exception {
        JsonNode model = json("inspect", ZOO + "branches.script.pt");
        assertThat(layer(model, "yes").path("splittable").booleanValue()).isTrue();
        JsonNode spin = layer(model, "spin");
        assertThat(spin.path("tappable").booleanValue()).isTrue();
        assertThat(spin.path("splittable").booleanValue()).isFalse();
        assertThat(spin.path("split_reason").textValue())
                .contains("(spin).forward(")
                .contains("stands in a loop, `while ");
    }

    private static JsonNode layer(JsonNode model, String path) {
        for (JsonNode layer : model.path("layers")) {
            if (layer.path("path").textValue().equals(path)) {
                return layer;
            }
        }
        throw new AssertionError("no layer " + path + " in " + model);
    }

    @Test
    void activationsCavAndTcavFollowEachOther() throws Exception {
        Path a = folder.resolve("a.npy");
        Path v = folder.resolve("v.npy");
        json(
                "activations",
                MODEL,
                "--layer=features.8",
                "--inputs",
                file("x.npy"),
                "--pool=max",
                "--out",
                a.toString());
        assertThat(NpyFile.readFloats(a).shape()).containsExactly(ROWS, 64);
        JsonNode cav =
                json(
                        "cav",
                        "--activations",
                        a.toString(),
                        "--labels",
                        file("y.npy"),
                        "--out",
                        v.toString());
        assertThat(cav.at("/quality/auc").doubleValue()).isEqualTo(1);
        assertThat(cav.path("norm").doubleValue())
                .isCloseTo(
                        cav.at("/mean_lengths/artifact").doubleValue()
                                - cav.at("/mean_lengths/clean").doubleValue(),
                        within(1e-5)); // the direction written is of floats
        assertThat(cav.at("/quality/alignment").doubleValue()).isCloseTo(1, within(1e-6));
        assertThat(cav.at("/quality/poor").booleanValue()).isFalse();
        JsonNode ridge =
                json(
                        "cav",
                        "--activations",
                        a.toString(),
                        "--labels",
                        file("y.npy"),
                        "--type=ridge",
                        "--resamples=2",
                        "--compare",
                        v.toString(),
                        "--attacked",
                        a.toString(),
                        "--clean",
                        a.toString(),
                        "--out",
                        folder.resolve("ridge.npy").toString());
        assertThat(ridge.at("/hyper_parameter/name").textValue()).isEqualTo("alpha");
        assertThat(ridge.at("/hyper_parameter/scores")).hasSize(10);
        assertThat(ridge.path("cosines").path(v.toString()).doubleValue()).isBetween(0.0, 1.0);
        assertThat(ridge.at("/quality/pairs/alignment").doubleValue()).isZero(); // no difference
        JsonNode tcav =
                json(
                        "tcav",
                        MODEL,
                        "--layer=features.8",
                        "--inputs",
                        file("x.npy"),
                        "--cav",
                        v.toString(),
                        "--class=3",
                        "--mask",
                        file("mask.npy"));
        assertThat(tcav.path("samples").intValue()).isEqualTo(ROWS);
        assertThat(tcav.path("score").doubleValue()).isBetween(0.0, 1.0);
        assertThat(tcav.path("masked_score").doubleValue()).isBetween(0.0, 1.0);
        assertThat(tcav.path("magnitude").doubleValue()).isPositive();
        assertThat(tcav.at("/captum/sign_count").doubleValue())
                .isEqualTo(tcav.path("score").doubleValue()); // no derivative is zero
        JsonNode some =
                json(
                        "tcav",
                        MODEL,
                        "--layer=features.8",
                        "--inputs",
                        file("x.npy"),
                        "--cav",
                        v.toString(),
                        "--class=1",
                        "--labels",
                        file("y.npy"));
        assertThat(some.path("samples").intValue()).isEqualTo(ROWS / 2);
    }

    @Test
    void rawActivationsKeepTheirLocations() throws Exception {
        Path a = folder.resolve("raw.npy");
        json(
                "activations",
                MODEL,
                "--layer=features.8",
                "--inputs",
                file("x.npy"),
                "--out",
                a.toString());
        assertThat(NpyFile.readFloats(a).shape()).containsExactly(ROWS, 64, 7, 7);
    }

    @Test
    void aWrongLayerIsOneLineThatNamesNearMatches() {
        int code =
                run(
                        "activations",
                        MODEL,
                        "--layer=features.88",
                        "--inputs",
                        file("x.npy"),
                        "--out",
                        file("a.npy"));
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: ").contains("features.8").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void verboseAddsTheStackTrace() {
        run("inspect", file("none.pt"), "--verbose");
        assertThat(err.toString()).startsWith("error: ").contains("\tat org.plumbline");
    }

    @ParameterizedTest(name = "content \"{0}\"")
    @ValueSource(strings = {"", "nonsense", "PK\u0003\u0004 truncated"})
    void filesThatAreNoArchivesAreBadInput(String content) throws Exception {
        Files.writeString(folder.resolve("bad.pt"), content);
        for (String command : new String[] {"inspect", "verify"}) {
            assertThat(run(command, file("bad.pt"))).isEqualTo(ExitCode.BAD_INPUT);
        }
        assertThat(err.toString().lines()).allMatch(line -> line.startsWith("error: "));
    }

    @Test
    void aModelWithoutManifestIsNotARepairedOne() {
        assertThat(run("verify", MODEL)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: ").hasLineCount(1);
    }

    @Test
    void usageErrorsAreOneLineAndAHint() {
        assertThat(run("cav", "--labels", file("y.npy"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).startsWith("error: ").contains("see: plumbline cav --help");
        assertThat(run("nonsense")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatCannotBeFittedIsRefusedInOneLine() {
        String[] arguments = {
            "cav", "--activations", file("x.npy"), "--labels", file("y.npy"), "--out", file("v.npy")
        };
        List<String> pca = new ArrayList<>(List.of(arguments));
        pca.add("--type=pca");
        assertThat(run(pca.toArray(String[]::new))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "error: type: pca (expected: signal, svm, ridge, lasso, logistic,"
                                + " mean-difference)");
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(ExitCode.BAD_INPUT); // x.npy is not pooled
        assertThat(err.toString())
                .startsWith("error: activations x.npy: ")
                .contains("or [n, d, h, w] with --pool")
                .hasLineCount(1);
    }

    @Test
    void aWorkerThatIsDownIsUnavailable() {
        assertThat(run("jobs", "--worker=localhost:1")).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(err.toString()).startsWith("error: worker: ").hasLineCount(1);
    }

    @Test
    void whatProvesWhoCallsIsReadForEveryCommandThatCallsAWorker() {
        assertThat(run("jobs", "--worker=localhost:1", "--token-file", file("absent"))).isNotZero();
        assertThat(err.toString()).contains("absent").hasLineCount(1);
        assertThat(run("fairwash", "check", "--help")).isZero();
        assertThat(out.toString()).contains("--worker", "--ca", "--token-file");
    }

    @Test
    void aWrongWorkerConfigurationNamesEveryProblem() throws Exception {
        Files.writeString(folder.resolve("worker.yaml"), "listen: 0.0.0.0:1\nodd: 1\n");
        assertThat(run("worker", "--config", file("worker.yaml"))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("listen").contains("odd").contains("state");
    }

    @Test
    void aDataSetOfTheWrongShapeIsBadInput() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        Files.copy(folder.resolve("x.npy"), folder.resolve("data/inputs.npy"));
        NpyFile.write(folder.resolve("data/labels.npy"), new long[] {1, 2});
        int code = run("evaluate", MODEL, "--data", file("data"));
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: ").contains("labels");
    }

    @Test
    void helpAndVersionAreDone() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("inspect", "quickstart", "bench");
        assertThat(run("--version")).isZero();
        assertThat(run("server", "--help")).isZero();
        assertThat(out.toString()).contains("--no-plugin");
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

    private int run(String... arguments) {
        return Plumbline.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
