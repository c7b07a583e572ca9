package org.plumbline.worker.correction;

import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.StoredTensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where an archive's last linear layer reads its features. Immutable.
 *
 * @param layer whose value, flattened, is the input of that layer
 * @param weight attribute path of its weight {@code [classes, d]}
 * @param bias attribute path of its bias
 * @param width {@code d}
 */
record FeatureTap(LayerPath layer, String weight, Optional<String> bias, int width) {
    private static final int TRIED = 12;
    private static final int ROWS = 4;
    private static final double TOLERANCE = 1e-4; // of the largest logit: float32, other order

    /**
     * Finds it: the wanted layer, or else the last ones before the linear layer are tried, by
     * computing the logits from their values.
     *
     * @throws AuditException {@code FAILED_PRECONDITION} if the archive does not end in a linear
     *     layer, or none of the layers before is its input
     */
    static FeatureTap find(CorrectionRun run, Optional<LayerPath> wanted) {
        StoredTensor weight =
                last(run)
                        .orElseThrow(
                                () ->
                                        refused(
                                                "archive",
                                                "no linear layer",
                                                "one whose last layer is linear"));
        String owner = weight.name().substring(0, weight.name().lastIndexOf('.'));
        Optional<String> bias =
                Optional.of(owner + ".bias").filter(run.archive().tensors()::containsKey);
        int width = Math.toIntExact(weight.shape().get(1));
        List<LayerPath> candidates = wanted.map(List::of).orElseGet(() -> candidates(run, owner));
        for (LayerPath candidate : candidates) {
            FeatureTap tap = new FeatureTap(candidate, weight.name(), bias, width);
            if (tap.fits(run, wanted.isPresent())) {
                return tap;
            }
        }
        throw refused(
                "feature_layer",
                wanted.map(LayerPath::value).orElse("none of " + candidates),
                "the input of the last linear layer, " + owner + ", which gives the logits");
    }

    private static Optional<StoredTensor> last(CorrectionRun run) {
        return run.archive().parameters().stream()
                .filter(p -> p.name().endsWith(".weight") && p.shape().size() == 2)
                .reduce((first, second) -> second);
    }

    private static List<LayerPath> candidates(CorrectionRun run, String owner) {
        Instrumenter instrumenter = new Instrumenter(run.archive());
        List<String> before = new ArrayList<>();
        for (LayerStatus status : instrumenter.layers()) {
            if (status.path().equals(owner)) {
                break;
            }
            if (status.obstacle().isEmpty()) {
                before.add(status.path());
            }
        }
        Collections.reverse(before);
        List<String> operations =
                new ArrayList<>(instrumenter.operations().stream().map(LayerStatus::path).toList());
        Collections.reverse(operations);
        List<LayerPath> all = new ArrayList<>();
        before.stream().limit(TRIED).map(LayerPath::new).forEach(all::add);
        operations.stream().limit(TRIED).map(LayerPath::new).forEach(all::add);
        return all;
    }

    private boolean fits(CorrectionRun run, boolean wanted) {
        TrainingPlan plan = TrainingPlan.live(run.everything()).tapping(layer);
        int rows = Math.min(ROWS, run.task().data().rows());
        try (TrainableModel model = run.loadExact(plan);
                NDManager unit = model.newUnit()) {
            FloatTensor x = run.task().data().inputs(IntStream.range(0, rows).toArray());
            TrainableModel.Tapped tapped = model.tapped(Heap.back(unit, x));
            FloatTensor z = Heap.copy(tapped.activation());
            return z.rows() == rows
                    && z.rowSize() == width
                    && agree(Heap.copy(tapped.logits()), logits(model, z));
        } catch (AuditException e) {
            if (e.code() == ErrorCode.LAYER_NOT_TAPPABLE && !wanted) {
                return false;
            }
            throw e;
        }
    }

    /** Computes {@code W z + b} on the heap. */
    private FloatTensor logits(TrainableModel model, FloatTensor z) {
        Map<String, FloatTensor> state = model.state();
        FloatTensor w = Tensors.of(state, weight);
        int classes = w.rows();
        FloatTensor out = FloatTensor.zeros(z.rows(), classes);
        for (int i = 0; i < z.rows(); i++) {
            for (int c = 0; c < classes; c++) {
                double sum = 0;
                for (int k = 0; k < width; k++) {
                    sum += (double) w.values()[c * width + k] * z.values()[i * width + k];
                }
                int at = c;
                sum += bias.map(name -> Tensors.of(state, name).values()[at]).orElse(0f);
                out.values()[i * classes + c] = (float) sum;
            }
        }
        return out;
    }

    private static boolean agree(FloatTensor expected, FloatTensor actual) {
        if (expected.values().length != actual.values().length) {
            return false;
        }
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.values().length; i++) {
            largest = Math.max(largest, Math.abs(expected.values()[i]));
            difference = Math.max(difference, Math.abs(expected.values()[i] - actual.values()[i]));
        }
        return difference <= TOLERANCE * Math.max(largest, 1e-6);
    }

    private static AuditException refused(String field, String value, String expected) {
        return AuditException.of(ErrorCode.FAILED_PRECONDITION, field, value, expected);
    }
}
