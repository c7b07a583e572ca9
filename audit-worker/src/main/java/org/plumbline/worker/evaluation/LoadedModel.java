package org.plumbline.worker.evaluation;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.LayerSensitivity;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checked archive in native memory, tapped at a layer or plain. Owns native memory. */
public final class LoadedModel {
    private LoadedModel() {}

    /**
     * Loads with a tap; caller owns.
     *
     * @param workDirectory existing folder for the instrumented copy
     */
    public static ModelUnderTest tapped(
            Path archive, LayerPath layer, Path workDirectory, Device device) {
        return new Tapped(TappedModel.load(archive, new TapSpec(layer, workDirectory, device)));
    }

    /**
     * Loads without a tap; caller owns. The archive must have been checked.
     *
     * @throws AuditException {@code BAD_ARCHIVE} if the engine refuses it
     */
    public static ModelUnderTest plain(Path archive, Device device) {
        Model model = Model.newInstance("plain", device, "PyTorch");
        try (InputStream in = Files.newInputStream(archive)) {
            model.load(in);
            return new Plain(model);
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE,
                    "archive: " + e.getMessage() + " (expected: one that loads)",
                    e);
        }
    }

    /** Returns the failure that inputs of a wrong shape mean; the engine's own text is long. */
    public static AuditException refused(FloatTensor inputs, EngineException cause) {
        return new AuditException(
                ErrorCode.BAD_DATA,
                "inputs: " + inputs + " (expected: a shape the model takes)",
                cause);
    }

    private static final class Tapped implements ModelUnderTest {
        private static final int PROBES = 4;

        private final TappedModel model;
        private boolean settled;

        Tapped(TappedModel model) {
            this.model = model;
        }

        @Override
        public FloatTensor logits(FloatTensor inputs) {
            try {
                return model.logits(inputs, inputs.rows());
            } catch (EngineException e) {
                throw refused(inputs, e);
            }
        }

        @Override
        public FloatTensor sensitivity(FloatTensor inputs, int target, DenseVector cav) {
            try {
                if (!settled) {
                    model.settle(inputs.slice(0, Math.min(PROBES, inputs.rows())));
                    settled = true;
                }
                return LayerSensitivity.of(model, inputs, target, cav);
            } catch (EngineException e) {
                throw refused(inputs, e);
            }
        }

        @Override
        public void close() {
            model.close();
        }
    }

    private record Plain(Model model) implements ModelUnderTest {
        @Override
        public FloatTensor logits(FloatTensor inputs) {
            try (NDManager unit = model.getNDManager().newSubManager()) {
                NDArray batch = unit.create(inputs.values(), new Shape(inputs.shape()));
                NDList out =
                        model.getBlock()
                                .forward(new ParameterStore(unit, false), new NDList(batch), false);
                NDArray logits = out.get(0);
                return FloatTensor.of(logits.toFloatArray(), logits.getShape().getShape());
            } catch (EngineException e) {
                throw refused(inputs, e);
            }
        }

        @Override
        public FloatTensor sensitivity(FloatTensor inputs, int target, DenseVector cav) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION, "layer", "none", "a layer to tap");
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
