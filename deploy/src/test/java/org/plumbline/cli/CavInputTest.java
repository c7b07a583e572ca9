package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What {@code cav} says of examples nothing can be learnt from. */
class CavInputTest {
    @TempDir Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("badExamples")
    void badExamplesAreRefusedInOneLineNamingFileAndRule(
            String name, float[] activations, long[] labels, String type, String expected)
            throws IOException {
        NpyFile.write(
                folder.resolve("a.npy"), FloatTensor.of(activations, activations.length / 2, 2));
        NpyFile.write(folder.resolve("y.npy"), labels);
        assertThat(run(type)).startsWith("error: ").contains(expected);
    }

    static Stream<Arguments> badExamples() {
        String files = "a.npy and y.npy: ";
        float[] good = {0, 1, 2, 3, 4, 5, 6, 7};
        long[] mixed = {1, 0, 1, 0};
        float[] constant = {1, 2, 1, 2, 1, 2, 1, 2};
        float[] equal = {1, 2, 1, 2, 3, 4, 3, 4};
        float[] nan = {0, 1, 2, Float.NaN, 4, 5, 6, 7};
        return Stream.of(
                arguments(
                        "one class",
                        good,
                        new long[] {1, 1, 1, 1},
                        "signal",
                        files + "concept: 4 positives of 4 (expected: both"),
                arguments(
                        "a label too few",
                        good,
                        new long[] {1, 0, 1},
                        "signal",
                        files + "concept: 3 (expected: 4 labels)"),
                arguments(
                        "other labels",
                        good,
                        new long[] {1, 0, 2, 0},
                        "signal",
                        files + "concept: 2 (expected: 0 or 1)"),
                arguments(
                        "too few",
                        good,
                        mixed,
                        "ridge",
                        files
                                + "concept: 2 positives and 2 negatives (expected: at least 5 of"
                                + " each for cav ridge)"),
                arguments(
                        "constant",
                        constant,
                        mixed,
                        "signal",
                        files + "activations: constant (expected: values that differ"),
                arguments(
                        "the positives are the negatives",
                        equal,
                        mixed,
                        "signal",
                        files + "positives: equal to the negatives (expected: different"),
                arguments(
                        "not finite",
                        nan,
                        mixed,
                        "signal",
                        files + "activations[1, 1]: NaN (expected: finite values)"),
                arguments(
                        "not finite",
                        nan,
                        mixed,
                        "svm",
                        files + "activations[1, 1]: NaN (expected: finite values)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void badFilesAreNamed(String file, byte[] content, String expected) throws IOException {
        NpyFile.write(folder.resolve("a.npy"), FloatTensor.zeros(4, 2));
        NpyFile.write(folder.resolve("y.npy"), new long[] {1, 0, 1, 0});
        Files.write(folder.resolve(file), content);
        assertThat(run("signal")).startsWith("error: " + file).contains(expected);
    }

    static Stream<Arguments> badFiles() {
        byte[] text = {'t', 'e', 'x', 't'};
        return Stream.of(
                arguments("a.npy", new byte[0], "no NumPy header (expected: a .npy array)"),
                arguments("y.npy", new byte[0], "no NumPy header (expected: a .npy array)"),
                arguments("a.npy", text, "no NumPy header"));
    }

    private String run(String type) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                Plumbline.run(
                        new PrintWriter(out),
                        new PrintWriter(err),
                        "cav",
                        "--activations",
                        folder.resolve("a.npy").toString(),
                        "--labels",
                        folder.resolve("y.npy").toString(),
                        "--type",
                        type,
                        "--out",
                        folder.resolve("v.npy").toString());
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).hasLineCount(1);
        assertThat(folder.resolve("v.npy")).doesNotExist();
        return err.toString();
    }
}
