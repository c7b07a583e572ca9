package org.plumbline.worker.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.training.TrainingListener;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Twins of a small network with batch normalisation. */
class HonestTwinsIT {
    private static final Path ARCHIVE =
            Path.of("src", "test", "resources", "archives", "dropout.pt");
    private static final int ROWS = 120;

    @TempDir Path folder;
    private FloatTensor clean;

    /** Inputs of three brightnesses; the answers taught are which. */
    @BeforeEach
    void makeInputs() {
        SplittableRandom random = new SplittableRandom(1);
        clean = FloatTensor.zeros(ROWS, 1, 8, 8);
        for (int i = 0; i < clean.values().length; i++) {
            clean.values()[i] = (float) random.nextDouble(-0.5, 0.5) + i / 64 % 3;
        }
    }

    @Test
    void aTwinLearnsTheAnswersAndNothingOfTheWeights() {
        FloatTensor answers = FloatTensor.zeros(ROWS, 3);
        for (int i = 0; i < ROWS; i++) {
            answers.values()[i * 3 + i % 3] = 8;
        }
        Path twin = folder.resolve("twin.pt");
        twins(answers, 200).write(0, TrainingListener.none(), twin);
        FloatTensor learned = logits(twin);
        int agreeing = 0;
        for (int i = 0; i < ROWS; i++) {
            agreeing += learned.largest(i) == i % 3 ? 1 : 0;
        }
        // 96 of 120 by chance has a probability below 1e-20
        assertThat(agreeing).isGreaterThan(96);
        assertThat(learned.sameValues(logits(ARCHIVE))).isFalse();
    }

    @Test
    void theSameNumberGivesTheSameBytesAndAnotherNumberOthers() throws IOException {
        FloatTensor answers = logits(ARCHIVE);
        byte[] first = written(answers, 0);
        assertThat(written(answers, 0)).isEqualTo(first);
        assertThat(written(answers, 1)).isNotEqualTo(first);
    }

    @Test
    void answersOfOtherInputsAreRefused() {
        assertThatThrownBy(() -> twins(FloatTensor.zeros(3, 3), 1))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("answers: FloatTensor[3, 3] (expected: 120 rows)");
    }

    private byte[] written(FloatTensor answers, int number) throws IOException {
        Path twin = folder.resolve("twin-" + number + ".pt");
        twins(answers, 3).write(number, TrainingListener.none(), twin);
        return Files.readAllBytes(twin);
    }

    private HonestTwins twins(FloatTensor answers, int steps) {
        return new HonestTwins(
                ARCHIVE,
                clean,
                answers,
                new TwinSettings(2, steps, 32, 1e-2, 5),
                folder,
                Device.cpu());
    }

    private FloatTensor logits(Path archive) {
        ExplainSpec spec = ExplainSpec.of(folder, Device.cpu(), ExplanationMethod.GRADIENT);
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            return model.logits(clean);
        }
    }
}
