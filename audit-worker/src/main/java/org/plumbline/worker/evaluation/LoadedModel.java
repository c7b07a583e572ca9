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
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.LayerSensitivity;
import org.plumbline.core.tap.ActivationReading;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
        return new Tapped(archive, new TapSpec(layer, workDirectory, device));
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
        private static final int PROBES = 2;

        private final Path archive;
        private final TapSpec spec;
        private final TappedModel model;
        private Optional<ExplainableModel> explained = Optional.empty();
        private boolean settled;

        Tapped(Path archive, TapSpec spec) {
            this.archive = archive;
            this.spec = spec;
            this.model = TappedModel.load(archive, spec);
        }

        @Override
        public Observation observe(FloatTensor inputs) {
            try {
                ActivationReading reading = model.observe(inputs);
                return new Observation(reading.logits(), Optional.of(reading.activation()));
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
        public FloatTensor relevance(FloatTensor inputs, long[] targets) {
            if (explained.isEmpty()) {
                explained =
                        Optional.of(
                                ExplainableModel.load(
                                        archive,
                                        ExplainSpec.of(
                                                spec.workDirectory(),
                                                spec.device(),
                                                ExplanationMethod.LRP)));
            }
            return HeatMaps.signed(
                    explained.get().explain(ExplanationMethod.LRP, inputs, targets).relevance());
        }

        @Override
        public void close() {
            explained.ifPresent(ExplainableModel::close);
            model.close();
        }
    }

    private record Plain(Model model) implements ModelUnderTest {
        @Override
        public Observation observe(FloatTensor inputs) {
            try (NDManager unit = model.getNDManager().newSubManager()) {
                NDArray batch = unit.create(inputs.values(), new Shape(inputs.shape()));
                NDList out =
                        model.getBlock()
                                .forward(new ParameterStore(unit, false), new NDList(batch), false);
                NDArray logits = out.get(0);
                return new Observation(
                        FloatTensor.of(logits.toFloatArray(), logits.getShape().getShape()),
                        Optional.empty());
            } catch (EngineException e) {
                throw refused(inputs, e);
            }
        }

        @Override
        public FloatTensor sensitivity(FloatTensor inputs, int target, DenseVector cav) {
            throw untapped();
        }

        @Override
        public FloatTensor relevance(FloatTensor inputs, long[] targets) {
            throw untapped();
        }

        private static AuditException untapped() {
            return AuditException.of(
                    ErrorCode.FAILED_PRECONDITION, "layer", "none", "a layer to tap");
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
