package org.plumbline.cli.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.CavBank;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ShapeProbe;
import org.plumbline.plugin.intercept.TappedModule;
import org.plumbline.plugin.pipeline.WindowLimits;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The committed models with random weights and concepts, as benchmarks in this process use them.
 */
final class BenchedModel {
    private static final long SEED = 20260101;
    private static final int PREDICTED = -1;

    private final String name;
    private final Path archive;
    private final Path work;

    private BenchedModel(String name, Path archive, Path work) {
        this.name = name;
        this.archive = archive;
        this.work = work;
    }

    /** Draws the weights of a committed archive. */
    static BenchedModel of(String name, Path models, Path work) throws IOException {
        Path archive = work.resolve(name + ".pt");
        if (!Files.exists(archive)) {
            Skeleton.fill(models.resolve(name + ".pt"), archive, SEED);
        }
        return new BenchedModel(name, archive, work);
    }

    String name() {
        return name;
    }

    TappedModel tap(String layer) {
        return TappedModel.load(archive, new TapSpec(new LayerPath(layer), work, Device.cpu()));
    }

    /** Returns random concepts at the tapped layer; {@code row} is the shape of one input. */
    static CavBank concepts(TappedModel model, int count, Shape row) {
        FloatTensor input = FloatTensor.of(noise(row, 1), row.getShape());
        int channels = Math.toIntExact(model.read(input, PREDICTED).activation().shape()[1]);
        SplittableRandom random = new SplittableRandom(SEED);
        return model.bank(IntStream.range(0, count).mapToObj(k -> unit(channels, random)).toList());
    }

    /** Returns a version that could serve, warm for single inputs. */
    static Served served(TappedModel model, Sampling sampling, Shape row, long generation) {
        TappedModule module = new TappedModule(model, concepts(model, 1, row));
        Sampler sampler = new Sampler(sampling, generation);
        ShapeProbe probe = new ShapeProbe(model.device(), PREDICTED);
        sampler.probed(row, probe.run(module, row, DataType.FLOAT32));
        return new Served(
                new ServedId("bench", model.digest().brief()),
                generation,
                model.digest(),
                model.layer(),
                List.of(new ConceptId("random")),
                Map.of(),
                module,
                sampler);
    }

    /** Returns windows of a thousand samples for the version of a generation. */
    static WindowLimits windows(long generation) {
        return new WindowLimits(
                generation,
                new WindowSettings(1000, Optional.empty(), OptionalDouble.empty(), 0.01),
                2000);
    }

    /** Returns an input of seeded noise; the caller's manager owns it. */
    static NDArray input(NDManager manager, Shape shape, long seed) {
        return manager.create(noise(shape, seed), shape);
    }

    private static float[] noise(Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    private static DenseVector unit(int dimension, SplittableRandom random) {
        double[] values = random.doubles(dimension, -1, 1).toArray();
        double norm = DenseVector.copyOf(values).norm();
        for (int i = 0; i < dimension; i++) {
            values[i] /= norm;
        }
        return DenseVector.copyOf(values);
    }
}
