package org.plumbline.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.dataset.AuditDataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** The loop with the real engine: a model with dropout and batch normalisation. */
class TrainingLoopIT {
    private static final Path ARCHIVE =
            Path.of("src", "test", "resources", "archives", "dropout.pt");
    private static final LoopSettings SETTINGS =
            new LoopSettings(
                    Length.epochs(3),
                    8,
                    false,
                    new Schedule.MultiStep(Schedule.Unit.STEPS, List.of(5L), 0.5),
                    11);
    private static final int STEPS = 15; // 3 epochs of 5 batches

    @TempDir Path folder;
    private AuditDataset data;

    @BeforeEach
    void makeData() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        int n = 37;
        float[] images = new float[n * 64];
        long[] labels = new long[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % 3;
            for (int p = 0; p < 64; p++) {
                images[i * 64 + p] = (float) random.nextDouble(-1, 1) + labels[i];
            }
        }
        Path d = Files.createDirectory(folder.resolve("data"));
        NpyFile.write(d.resolve("inputs.npy"), FloatTensor.of(images, n, 1, 8, 8));
        NpyFile.write(d.resolve("labels.npy"), labels);
        data = AuditDataset.load(d);
    }

    /** Plain training of every parameter, written as any method would. */
    private static final class Plain implements Trainee {
        private final NativeOperators operators;
        private final TrainableModel model;
        private final AuditDataset data;
        private final Descent descent;

        Plain(NativeOperators operators, TrainableModel model, AuditDataset data, Descent descent) {
            this.operators = operators;
            this.model = model;
            this.data = data;
            this.descent = descent;
        }

        @Override
        public int size() {
            return data.rows();
        }

        @Override
        public Map<String, Double> step(Step step) {
            try (NDManager unit = operators.newUnit()) {
                LiveBatch batch = LiveBatch.of(unit, data, step.samples());
                NDArray loss =
                        operators.crossEntropy(
                                unit, model.logits(batch.x()), batch.y(), unit.ones(new Shape(3)));
                double value = loss.toFloatArray()[0];
                return Map.of(
                        "loss",
                        value,
                        "gradient_norm",
                        descent.step(unit, loss, step.rateFactor()));
            }
        }

        @Override
        public TrainingState state() {
            return descent.state();
        }

        @Override
        public void restore(TrainingState state) {
            descent.restore(state);
        }
    }

    private List<Float> train(TrainingListener listener, Optional<Checkpoints> checkpoints) {
        return train(SETTINGS, listener, checkpoints);
    }

    private List<Float> train(
            LoopSettings settings, TrainingListener listener, Optional<Checkpoints> checkpoints) {
        List<String> trained =
                List.of("features.0.weight", "features.1.weight", "classifier.2.weight");
        OptimizerSettings adam =
                new OptimizerSettings(new UpdateRule.Adam(0.9, 0.999, 1e-8, 0), 1e-2, 100);
        try (NativeOperators operators = NativeOperators.load(folder, Device.cpu());
                TrainableModel model =
                        TrainableModel.load(
                                ARCHIVE, TrainingPlan.live(trained), folder, Device.cpu());
                Descent descent = new Descent(operators, adam, Map.of("model", model))) {
            model.trainingMode(true);
            TrainingLoop.run(
                    new Plain(operators, model, data, descent), settings, listener, checkpoints);
            List<Float> values = new ArrayList<>();
            for (FloatTensor tensor : descent.state().tensors().values()) {
                for (float value : tensor.values()) {
                    values.add(value);
                }
            }
            return values;
        }
    }

    @Test
    void aResumedRunEqualsAnUninterruptedOneBitForBit() {
        List<TrainingStep> whole = new ArrayList<>();
        List<Float> expected = train(until(Integer.MAX_VALUE, whole), Optional.empty());

        Checkpoints checkpoints = new Checkpoints(folder.resolve("state.npz"), 3);
        List<TrainingStep> first = new ArrayList<>();
        assertThatThrownBy(() -> train(until(8, first), Optional.of(checkpoints)))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        List<TrainingStep> second = new ArrayList<>();
        List<Float> resumed = train(until(Integer.MAX_VALUE, second), Optional.of(checkpoints));

        assertThat(resumed).isEqualTo(expected);
        assertThat(second.get(0).step()).isEqualTo(7); // 6 was saved last
        assertThat(second).isEqualTo(whole.subList(6, STEPS));
        assertThat(checkpoints.load().orElseThrow().step()).isEqualTo(STEPS);
    }

    @Test
    void cancellingStopsWithinAStep() {
        List<TrainingStep> steps = new ArrayList<>();
        assertThatThrownBy(() -> train(until(2, steps), Optional.empty()))
                .isInstanceOf(AuditException.class);
        assertThat(steps).hasSize(2);
        assertThat(steps.get(0).losses()).containsOnlyKeys("loss", "gradient_norm");
        assertThat(steps.get(0).steps()).isEqualTo(STEPS);
    }

    @Test
    void moreThanAllSamplesInABatchIsRefusedWhereTheLastOneIsDropped() {
        LoopSettings large =
                new LoopSettings(Length.steps(1), 38, true, new Schedule.Constant(), 0);
        assertThatThrownBy(() -> train(large, TrainingListener.none(), Optional.empty()))
                .hasMessage("batch_size: 38 (expected: at most 37, the samples of an epoch)");
    }

    @Test
    void aDamagedCheckpointIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("state.npz"), "no zip");
        assertThatThrownBy(
                        () -> train(TrainingListener.none(), Optional.of(new Checkpoints(file, 1))))
                .hasMessageContaining("(expected: a checkpoint)");
    }

    private static TrainingListener until(int most, List<TrainingStep> steps) {
        return new TrainingListener() {
            @Override
            public void onStep(TrainingStep step) {
                steps.add(step);
            }

            @Override
            public boolean cancelled() {
                return steps.size() >= most;
            }
        };
    }
}
