package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredValues;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The command {@code shrink}. */
class ShrinkIT {
    private static final Path ARCHIVES =
            Path.of("..", "core", "src", "test", "resources", "archives");

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return Plumbline.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }

    private JsonNode result() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    /** Zeroes some outputs of weights, {@code name -> outputs}. */
    private Path masked(String archive, Map<String, int[]> outputs) throws IOException {
        Path file = folder.resolve("masked.pt");
        try (Archive source = Archive.open(ARCHIVES.resolve(archive + ".pt"))) {
            Map<String, FloatTensor> tensors = new LinkedHashMap<>();
            outputs.forEach(
                    (name, rows) -> {
                        FloatTensor weight = StoredValues.read(source, name);
                        for (int row : rows) {
                            int from = row * weight.rowSize();
                            Arrays.fill(weight.values(), from, from + weight.rowSize(), 0);
                        }
                        tensors.put(name, weight);
                    });
            RepairedArchive.patch(source, tensors, file);
        }
        return file;
    }

    @Test
    void theResultIsSmallerAndSaysWhereItComesFrom() throws IOException {
        Path model = masked("sized_view.script", Map.of("fc1.weight", new int[] {1, 5, 6}));
        Path small = folder.resolve("small.pt");

        int code =
                run(
                        "shrink",
                        model.toString(),
                        "--out",
                        small.toString(),
                        "--shape",
                        "1,12,12",
                        "--json");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isEqualTo(ExitCode.DONE);
        JsonNode result = result();
        assertThat(result.path("shrunk").booleanValue()).isTrue();
        assertThat(result.path("samples").intValue()).isEqualTo(64);
        assertThat(result.path("largest_difference").doubleValue()).isBetween(0.0, 1e-5);
        for (String size : new String[] {"parameters", "bytes", "flops"}) {
            assertThat(result.path("after").path(size).longValue())
                    .as(size)
                    .isLessThan(result.path("before").path(size).longValue());
        }
        assertThat(run("verify", small.toString(), "--json")).isEqualTo(ExitCode.DONE);
        assertThat(result().path("method").textValue()).isEqualTo("shrink");
        assertThat(result().path("source_sha256").textValue()).isEqualTo(Digest.of(model).hex());
    }

    @Test
    void withoutAChannelToRemoveTheArchiveIsCopied() throws IOException {
        Path model = ARCHIVES.resolve("frozen.pt");
        Path copy = folder.resolve("copy.pt");

        int code =
                run(
                        "shrink",
                        model.toString(),
                        "--out",
                        copy.toString(),
                        "--shape",
                        "1,8,8",
                        "--json");

        assertThat(code).isEqualTo(ExitCode.DONE);
        assertThat(result().path("shrunk").booleanValue()).isFalse();
        assertThat(result().path("obstacle").textValue()).isEqualTo("no channel can go");
        assertThat(Digest.of(copy)).isEqualTo(Digest.of(model));
    }

    @Test
    void otherAnswersAreRefused() throws IOException {
        Path model = masked("regrouped.trace", Map.of("conv3.weight", new int[] {1}));
        Path small = folder.resolve("small.pt");

        int code = run("shrink", model.toString(), "--out", small.toString(), "--shape", "1,12,12");

        assertThat(code).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(small).doesNotExist();
    }

    @Test
    void aShapeOfOtherAxesIsRefusedInOneLine() {
        Path model = ARCHIVES.resolve("sized_view.trace.pt");

        int code = run("shrink", model.toString(), "--out", folder + "/o.pt", "--shape", "12,12");

        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: shape: ").hasLineCount(1);
    }
}
