package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.Device;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.AuditDataset;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** What a fit in a real model says of a data set nothing can be learnt from. */
class ConceptFitterIT {
    private static final int ROW = 3 * 28 * 28;

    @TempDir Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("badData")
    void badDataIsRefusedInOneLineNamingFileAndRule(
            String name, Inputs inputs, long[] concept, CavKind kind, String expected)
            throws IOException, URISyntaxException {
        FloatTensor images = NpyFile.readFloats(resource("cav_images.npy")).slice(0, 6);
        inputs.change(images.values());
        Path data = Files.createDirectories(folder.resolve("data"));
        NpyFile.write(data.resolve("inputs.npy"), images);
        NpyFile.write(data.resolve("labels.npy"), new long[] {0, 1, 0, 1, 0, 1});
        NpyFile.write(data.resolve("concept_stamp.npy"), concept);
        TapSpec spec =
                new TapSpec(new LayerPath("features.8"), Optional.empty(), folder, Device.cpu());
        try (TappedModel model = TappedModel.load(resource("small_cnn.trace.pt"), spec)) {
            ConceptFitter.Wanted wanted =
                    new ConceptFitter.Wanted(
                            new ConceptId("stamp"), OptionalInt.empty(), kind, Pooling.MAX);
            assertThatThrownBy(() -> ConceptFitter.fit(model, AuditDataset.load(data), wanted))
                    .isInstanceOfSatisfying(
                            AuditException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_DATA))
                    .hasMessageContaining(expected)
                    .hasMessageContaining("(expected: ")
                    .hasMessageNotContaining("\n");
        }
    }

    static Stream<Arguments> badData() {
        long[] mixed = {1, 0, 1, 0, 1, 0};
        Inputs same = values -> {};
        return Stream.of(
                arguments(
                        "one class",
                        same,
                        new long[] {1, 1, 1, 1, 1, 1},
                        CavKind.SIGNAL,
                        "concept_stamp: concept: 6 positives of 6 (expected: both"),
                arguments(
                        "too few",
                        same,
                        mixed,
                        CavKind.RIDGE,
                        "concept_stamp: concept: 3 positives and 3 negatives (expected: at least"),
                arguments(
                        "constant",
                        (Inputs) values -> repeat(values, 1),
                        mixed,
                        CavKind.SIGNAL,
                        "concept_stamp: activations: constant"),
                arguments(
                        "the positives are the negatives",
                        (Inputs) values -> repeat(values, 3),
                        new long[] {1, 1, 1, 0, 0, 0},
                        CavKind.SIGNAL,
                        "concept_stamp: positives: equal to the negatives"),
                arguments(
                        "activations overflow",
                        (Inputs) values -> Arrays.fill(values, 4 * ROW, 5 * ROW, Float.MAX_VALUE),
                        mixed,
                        CavKind.SIGNAL,
                        "inputs[4]: activation: "));
    }

    /** Repeats the first rows over and over. */
    private static void repeat(float[] values, int rows) {
        for (int i = rows * ROW; i < values.length; i++) {
            values[i] = values[i - rows * ROW];
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(ConceptFitterIT.class.getResource("/reference/" + name).toURI());
    }

    private interface Inputs {
        void change(float[] values);
    }
}
