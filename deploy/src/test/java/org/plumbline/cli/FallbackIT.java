package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Models without modules, with more than logits, or without a derivative, from the command line.
 */
class FallbackIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path ARCHIVES =
            Path.of("..", "core", "src", "test", "resources", "archives");
    private static final int ROWS = 12;

    @TempDir private Path folder = Path.of("");

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeInputs() throws Exception {
        SplittableRandom random = new SplittableRandom(3);
        float[] pixels = new float[ROWS * 64];
        long[] bright = new long[ROWS];
        for (int at = 0; at < pixels.length; at++) {
            bright[at / 64] = at / 64 % 2;
            pixels[at] = (float) random.nextDouble(-1, 1) + (at / 64 % 2);
        }
        NpyFile.write(folder.resolve("x.npy"), FloatTensor.of(pixels, ROWS, 1, 8, 8));
        NpyFile.write(folder.resolve("mask.npy"), FloatTensor.zeros(ROWS, 8, 8));
        NpyFile.write(folder.resolve("y.npy"), bright);
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "frozen, conv2d_2, 0, autograd",
        "dictionary, conv, out, autograd",
        "named, conv, logits, autograd",
        "tokens, norm, 0, finite-differences",
        "channels_last, norm, 0, autograd"
    })
    void activationsCavAndTcavFollowEachOther(
            String archive, String layer, String output, String gradient) throws Exception {
        List<String> selected = output.equals("0") ? List.of() : List.of("--output", output);
        activations(archive, layer, selected);
        json(
                List.of(
                        "cav",
                        "--type=signal",
                        "--activations",
                        file("a.npy"),
                        "--labels",
                        file("y.npy"),
                        "--out",
                        file("v.npy")));
        JsonNode tcav = json(concat(tcav(archive, layer), selected));
        assertThat(tcav.path("gradient").textValue()).isEqualTo(gradient);
        assertThat(tcav.path("samples").intValue()).isEqualTo(ROWS);
        assertThat(tcav.path("magnitude").doubleValue()).isPositive();
        long locations = gradient.equals("autograd") ? 2 : 1;
        assertThat(
                        tcav.path("positive_locations").longValue()
                                + tcav.path("negative_locations").longValue())
                .isGreaterThanOrEqualTo(ROWS * locations / 2);
        if (gradient.equals("finite-differences")) {
            assertThat(run(concat(tcav(archive, layer), List.of("--mask", file("mask.npy")))))
                    .isEqualTo(ExitCode.BAD_INPUT);
            assertThat(err.toString()).contains("error: mask: ").contains("finite differences");
        }
    }

    @Test
    void inspectListsOperationsAndOperatorsWithoutADerivative() throws Exception {
        JsonNode frozen = json(List.of("inspect", archive("frozen")));
        assertThat(frozen.path("layers").findValuesAsText("path")).contains("conv2d_2", "add");
        assertThat(frozen.path("gradient").textValue()).isEqualTo("autograd");
        assertThat(json(List.of("inspect", archive("cnn"))).path("layers").findValuesAsText("path"))
                .doesNotContain("add");
        assertThat(
                        json(List.of("inspect", archive("cnn"), "--operations"))
                                .path("layers")
                                .findValuesAsText("path"))
                .contains("add", "conv1.conv2d", "conv1");
        JsonNode tokens = json(List.of("inspect", archive("tokens")));
        assertThat(tokens.path("gradient").textValue()).isEqualTo("finite-differences");
        assertThat(tokens.path("without_derivative").textValue())
                .isEqualTo("_native_multi_head_attention");
    }

    @Test
    void aDictionaryWithoutAKeyIsOneLineThatNamesTheKeys() {
        assertThat(
                        run(
                                List.of(
                                        "activations",
                                        archive("dictionary"),
                                        "--layer=conv",
                                        "--inputs",
                                        file("x.npy"),
                                        "--out",
                                        file("a.npy"))))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .startsWith("error: output: none (expected: one of ")
                .hasLineCount(1);
    }

    private void activations(String archive, String layer, List<String> selected) throws Exception {
        json(
                concat(
                        List.of(
                                "activations",
                                archive(archive),
                                "--layer",
                                layer,
                                "--inputs",
                                file("x.npy"),
                                "--pool=mean",
                                "--out",
                                file("a.npy")),
                        selected));
    }

    private List<String> tcav(String archive, String layer) {
        return List.of(
                "tcav",
                archive(archive),
                "--layer",
                layer,
                "--inputs",
                file("x.npy"),
                "--cav",
                file("v.npy"),
                "--class=1");
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
    }

    private static String archive(String name) {
        return ARCHIVES.resolve(name + ".pt").toString();
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode json(List<String> arguments) throws Exception {
        StringWriter result = new StringWriter();
        String[] all = Arrays.copyOf(arguments.toArray(String[]::new), arguments.size() + 1);
        all[arguments.size()] = "--json";
        int code = Plumbline.run(new PrintWriter(result), new PrintWriter(err), all);
        assertThat(code).as(err.toString()).isZero();
        return MAPPER.readTree(result.toString());
    }

    private int run(List<String> arguments) {
        return Plumbline.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                arguments.toArray(String[]::new));
    }
}
