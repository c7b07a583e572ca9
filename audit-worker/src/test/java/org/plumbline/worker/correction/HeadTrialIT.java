package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingRows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** What a head does with the probe's value, found on heads whose code tells it. */
class HeadTrialIT {
    private static final Path ARCHIVES = Path.of("src/test/resources/archives");
    private static final int ROWS = 70; // more than one batch

    @TempDir Path folder;
    private AuditDataset data;

    @BeforeEach
    void makeData() throws IOException {
        Path d = Files.createDirectory(folder.resolve("data"));
        NpyFile.write(d.resolve("inputs.npy"), FloatTensor.zeros(2, 1, 8, 8));
        NpyFile.write(d.resolve("labels.npy"), new long[] {0, 1});
        data = AuditDataset.load(d);
    }

    /** A model at rest at a probe, with the value of random images there. */
    private final class Probed implements AutoCloseable {
        private final Archive archive;
        private final NativeOperators operators;
        private final TrainableModel model;
        private final NDManager unit;
        private final CorrectionRun run;
        private final NDList values;

        Probed(String file, String probe, int channels, int side) throws IOException {
            Path path = ARCHIVES.resolve(file);
            archive = Archive.open(path);
            run =
                    new CorrectionRun(
                            new CorrectionTask(
                                    path,
                                    data,
                                    Optional.of(new LayerPath(probe)),
                                    Optional.of(new ConceptId("corner")),
                                    OptionalInt.empty(),
                                    Correction.of("rr-clarc", Map.of()),
                                    folder.resolve("out.pt"),
                                    folder,
                                    Device.cpu()),
                            archive,
                            TrainingListener.none());
            operators = run.operators(RrClarcLoss.SOURCE);
            model = run.load(run.live(Scope.HEAD).splitAt(new LayerPath(probe)));
            unit = operators.newUnit();
            values = model.trunk(floats(unit, ROWS, channels, side, side));
        }

        HeadTrial trial() {
            return new HeadTrial(run, operators, model);
        }

        ProbeReader reader() {
            int d = (int) values.get(0).getShape().get(1);
            return new ProbeReader(
                    operators,
                    model,
                    List.of(direction(d, 5), direction(d, 6)),
                    new TrainingRows(data, new int[0]));
        }

        boolean isAffine(NDList least) {
            return trial().isAffine(values, least, reader().affine(unit, least));
        }

        /** Returns loss, penalty and gradients by the head's parameters. */
        List<float[]> gradients(
                ProbeReader reader, NDList at, Criterion criterion, Aggregation aggregation) {
            RrClarcLoss.Reading reading = reader.fromCut(unit, at);
            int classes = (int) reading.logits().getShape().get(1);
            long[] labels = new long[ROWS];
            float[] signs = criterion.signs(labels, classes, OptionalInt.empty(), 3, 1);
            var terms =
                    new RrClarcLoss(operators, criterion, aggregation, 100)
                            .terms(
                                    unit,
                                    reading,
                                    unit.create(labels),
                                    unit.ones(new Shape(classes)),
                                    unit.create(signs, new Shape(ROWS, classes)));
            List<float[]> all = new ArrayList<>(List.of(terms.loss().toFloatArray()));
            operators
                    .gradients(unit, terms.loss(), model.parameters(unit))
                    .forEach(g -> all.add(g.toFloatArray()));
            return all;
        }

        @Override
        public void close() throws IOException {
            unit.close();
            model.close();
            operators.close();
            archive.close();
        }
    }

    private static NDArray floats(NDManager unit, long... shape) {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = new float[(int) FloatTensor.size(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return unit.create(values, new Shape(shape));
    }

    private static DenseVector direction(int d, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[d];
        for (int i = 0; i < d; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return DenseVector.copyOf(values);
    }

    @ParameterizedTest
    @CsvSource({
        "plain.pt,features.2,1,8,false,true", // flatten, linear
        "plain.pt,features.0,1,8,false,false", // batch norm, ReLU
        "dropout.pt,features.2,1,8,false,false",
        "gated_cnn.pt,relu,3,16,true,true", // global pooling, flatten, linear
        "gated_cnn.pt,bn2,3,16,false,false" // ReLU before it
    })
    void whatAHeadDoesIsFoundByTrying(
            String file, String probe, int channels, int side, boolean pools, boolean affine)
            throws IOException {
        try (Probed probed = new Probed(file, probe, channels, side)) {
            assertThat(probed.trial().pools(probed.values, ROWS)).isEqualTo(pools);
            assertThat(probed.isAffine(probed.values)).isEqualTo(affine);
        }
    }

    /** A head may look affine at most rows: one that bends at the last row is refused. */
    @Test
    void everyRowIsTried() throws IOException {
        try (Probed probed = new Probed("plain.pt", "features.0", 1, 8)) {
            float[] values = probed.values.get(0).toFloatArray();
            float[] high = values.clone();
            Arrays.fill(high, 0, high.length / ROWS * (ROWS - 1), 1e4f);
            NDList mostlyHigh =
                    new NDList(probed.unit.create(high, probed.values.get(0).getShape()));
            assertThat(
                            probed.trial()
                                    .isAffine(
                                            mostlyHigh,
                                            mostlyHigh,
                                            probed.reader().affine(probed.unit, mostlyHigh)))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Criterion.class)
    void lossAndGradientsOfAnAffineHeadAreThoseOfTheProbe(Criterion criterion) throws IOException {
        try (Probed probed = new Probed("gated_cnn.pt", "relu", 3, 16)) {
            NDList pooled = new NDList(probed.trial().pooled(probed.unit, probed.values));
            ProbeReader slim = probed.reader().pooled(HeadTrial.locations(probed.values));
            List<float[]> published =
                    probed.gradients(
                            probed.reader(), probed.values, criterion, Aggregation.L2_MEAN);
            ProbeReader affine = slim.affine(probed.unit, pooled);
            agree(probed.gradients(affine, pooled, criterion, Aggregation.L2_MEAN), published);
        }
    }

    @ParameterizedTest
    @EnumSource(Aggregation.class)
    void pooledValuesGiveTheSameLossAndGradients(Aggregation aggregation) throws IOException {
        try (Probed probed = new Probed("gated_cnn.pt", "relu", 3, 16)) {
            NDList pooled = new NDList(probed.trial().pooled(probed.unit, probed.values));
            ProbeReader slim = probed.reader().pooled(HeadTrial.locations(probed.values));
            agree(
                    probed.gradients(slim, pooled, Criterion.ALL_LOGITS_RANDOM, aggregation),
                    probed.gradients(
                            probed.reader(),
                            probed.values,
                            Criterion.ALL_LOGITS_RANDOM,
                            aggregation));
        }
    }

    /** 1e-5 of the largest of each tensor: float32 sums in another order. */
    private static void agree(List<float[]> actual, List<float[]> expected) {
        for (int i = 0; i < expected.size(); i++) {
            double largest = 0;
            for (float value : expected.get(i)) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int j = 0; j < expected.get(i).length; j++) {
                assertThat((double) actual.get(i)[j])
                        .isCloseTo(expected.get(i)[j], within(1e-5 * largest));
            }
        }
    }
}
