package org.plumbline.core.tap;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** One batch of noise through an archive, on the CPU. Thread-safe. */
public final class TrialRun {
    private static final long SEED = 1;

    /** The engine specialises a method at its second call. */
    private static final int CALLS = 2;

    private TrialRun() {}

    /**
     * Checks and loads an archive and runs one batch, with a layer through the audit methods too.
     *
     * @param shape of the batch
     * @param work existing folder for copies, which are removed
     * @param output where the logits are, for models that return more
     * @return the shape of the logits; empty if the engine cannot hand out what forward returns
     * @throws AuditException {@code BAD_ARCHIVE} if the engine refuses the file or the output is
     *     not one finite row a sample; {@code BAD_DATA} if it fails on the batch; {@code
     *     LAYER_NOT_TAPPABLE}
     */
    public static List<Long> outputShape(
            Path archive,
            Optional<LayerPath> layer,
            Optional<OutputSelector> output,
            List<Long> shape,
            Path work) {
        long[] extents = shape.stream().mapToLong(Long::longValue).toArray();
        if (layer.isPresent()) {
            TapSpec spec = new TapSpec(layer.get(), output, work, Device.cpu());
            try (TappedModel model = TappedModel.load(archive, spec);
                    NDManager unit = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
                NDList batch = noise(unit, extents);
                List<Long> logits = run(model::logits, batch);
                model.settle(FloatTensor.of(batch.get(0).toFloatArray(), extents));
                return logits;
            }
        }
        try (NativeModule module = NativeModule.load(copy(archive, work), Device.cpu())) {
            return run(inputs -> module.forward(inputs).get(0), noise(module.manager(), extents));
        } catch (UnsupportedOperationException e) {
            return List.of(); // it ran, but returns what the engine cannot hand out
        }
    }

    private interface Forward {
        NDArray apply(NDList inputs);
    }

    private static List<Long> run(Forward forward, NDList batch) {
        Shape output = new Shape();
        for (int i = 0; i < CALLS; i++) {
            try (NDArray logits = forward.apply(batch)) {
                output = logits.getShape();
                requireRows(logits, batch.get(0).getShape().get(0));
            } catch (EngineException e) {
                throw new AuditException(
                        ErrorCode.BAD_DATA,
                        "inputs: "
                                + Arrays.toString(batch.get(0).getShape().getShape())
                                + " (expected: a shape the model takes): "
                                + NativeModule.reason(e),
                        e);
            }
        }
        return Arrays.stream(output.getShape()).boxed().toList();
    }

    private static void requireRows(NDArray logits, long samples) {
        Shape shape = logits.getShape();
        boolean finite = logits.getDataType() == DataType.FLOAT32;
        if (finite) {
            for (float value : logits.toFloatArray()) {
                finite &= Float.isFinite(value);
            }
        }
        if (!finite || shape.dimension() < 1 || shape.get(0) != samples) {
            throw AuditException.of(
                    ErrorCode.BAD_ARCHIVE,
                    "output",
                    logits.getDataType() + " " + shape + (finite ? "" : ", not finite"),
                    "one row of finite float32 numbers a sample");
        }
    }

    private static Path copy(Path archive, Path work) {
        Path copy = work.resolve("trial.pt");
        try (Archive checked = Archive.open(archive)) {
            ArchiveWriter.write(checked, Map.of(), name -> true, copy);
            return copy;
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    private static NDList noise(NDManager manager, long[] shape) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] values = new float[Math.toIntExact(new Shape(shape).size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return new NDList(manager.create(values, new Shape(shape)));
    }
}
