package org.plumbline.core.tap;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.ChannelAxis;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Finds on a batch how a model can be audited, running every method until the engine has
 * specialised it. Confined to one thread.
 */
final class AuditProbe {
    private static final int WARM_UPS = 2;
    private static final int PREDICTED = -1;
    private static final double CLOSE = 1e-4;

    private final TappedModel model;
    private final NativeModule module;
    private final PlainForward plain;
    private final LayerPath layer;

    AuditProbe(TappedModel model, NativeModule module, PlainForward plain, LayerPath layer) {
        this.model = model;
        this.module = module;
        this.plain = plain;
        this.layer = layer;
    }

    /**
     * Returns the form to audit in.
     *
     * @throws EngineException if the model refuses the batch
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} if audited and plain logits differ by more
     *     than rounding, slopes are not finite, or the layer has no effect; {@code BAD_ARCHIVE} if
     *     logits are not finite
     */
    AuditForm settle(NDArray batch, FiniteDifferences differences) {
        AuditForm form = AuditForm.KEPT_GRAPH;
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = unit.create(batch.getShape(), batch.getDataType());
            batch.copyTo(x);
            // inputs the model refuses are no fault of the layer
            requireFinite(plain.logits(new NDList(x)).get(0).toFloatArray());
        }
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = unit.create(batch.getShape(), batch.getDataType());
            batch.copyTo(x);
            for (int i = 0; i < WARM_UPS; i++) {
                form = worse(form, autograd(x));
            }
            return form;
        } catch (EngineException e) {
            return differences(batch, differences, e);
        }
    }

    private static void requireFinite(float... logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw AuditException.of(
                        ErrorCode.BAD_ARCHIVE, "logits", logit, "finite on the probe inputs");
            }
        }
    }

    private AuditForm autograd(NDArray x) {
        NDList tapped = module.call(Instrumenter.ANSWER, new NDList(x));
        AuditForm form = compared(x, tapped.get(0));
        for (float g : model.gradient(tapped, PREDICTED).toFloatArray()) {
            if (!Float.isFinite(g)) {
                throw refused("the gradient is not finite");
            }
        }
        return form;
    }

    private AuditForm compared(NDArray x, NDArray audited) {
        float[] expected = plain.logits(new NDList(x)).get(0).toFloatArray();
        float[] actual = audited.toFloatArray();
        if (Arrays.equals(expected, actual)) {
            return plain.logitsOnly() ? AuditForm.KEPT_GRAPH : AuditForm.KEPT_INPUT;
        }
        double size = 0;
        double gap = expected.length == actual.length ? 0 : Double.POSITIVE_INFINITY;
        for (int i = 0; i < Math.min(expected.length, actual.length); i++) {
            size = Math.max(size, Math.abs(expected[i]));
            gap = Math.max(gap, Math.abs(expected[i] - actual[i]));
        }
        if (!(gap <= CLOSE * size)) {
            throw refused("audited logits differ from plain ones");
        }
        return AuditForm.KEPT_INPUT;
    }

    private AuditForm differences(
            NDArray batch, FiniteDifferences differences, EngineException cause) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = unit.create(batch.getShape(), batch.getDataType());
            batch.copyTo(x);
            try (CavBank bank = model.bank(direction(channels(x)))) {
                NDArray target = unit.create(new long[] {PREDICTED}, new Shape(1));
                check(differences.settle(x, bank.array(), target), cause);
            }
            return AuditForm.FINITE_DIFFERENCES;
        } catch (EngineException e) {
            throw refused(NativeModule.reason(cause));
        }
    }

    /** Returns the number of channels of the layer's value for a batch. */
    int channels(NDArray batch) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = unit.create(batch.getShape(), batch.getDataType());
            batch.copyTo(x);
            NDArray activation = module.call(Instrumenter.ANSWER, new NDList(x)).get(2);
            FloatTensor shape = FloatTensor.zeros(activation.getShape().getShape());
            return shape.extent(ChannelAxis.usual(shape));
        }
    }

    private void check(float[] statistics, EngineException cause) {
        boolean moves = false;
        for (float value : statistics) {
            if (!Float.isFinite(value)) {
                throw refused("slopes are not finite; " + NativeModule.reason(cause));
            }
            moves |= value != 0;
        }
        if (!moves) { // the value is not used, or only in a copy made before
            throw refused("it has no effect; " + NativeModule.reason(cause));
        }
    }

    private static List<DenseVector> direction(int channels) {
        double[] drawn = new SplittableRandom(0).doubles(channels, -1, 1).toArray();
        double norm = Math.sqrt(Arrays.stream(drawn).map(v -> v * v).sum());
        return List.of(DenseVector.copyOf(Arrays.stream(drawn).map(v -> v / norm).toArray()));
    }

    private static AuditForm worse(AuditForm a, AuditForm b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private AuditException refused(String reason) {
        return new AuditException(
                ErrorCode.LAYER_NOT_TAPPABLE,
                "layer: " + layer + ": " + reason + " (expected: another layer)");
    }
}
