package org.plumbline.core.reference;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.Objective.Aggregation;
import org.plumbline.core.instrument.Objective.Criterion;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.LossInputs;
import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** RR-ClArC's loss and the gradient of every parameter, for each criterion and aggregation. */
final class RrClarcLossCase implements KnownCase {

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            List<String> parts = List.of(result.split("/", -1)); // aggregation/criterion/what
            for (Path archive : reference.models()) {
                if (parts.size() == 3 && !parts.get(2).equals("gradient")) {
                    checks.put(
                            result + " of " + archive.getFileName(),
                            () -> penalised(reference, result, parts, archive, work));
                } else if (result.equals("cross_entropy")) {
                    checks.put(
                            result + " of " + archive.getFileName(),
                            () -> crossEntropy(reference, archive, work));
                }
            }
        }
        return checks;
    }

    private static void crossEntropy(ReferenceCase reference, Path archive, Path work) {
        TrainingPlan plan = plan(reference, Optional.empty(), new Objective.CrossEntropy());
        try (TrainableModel model = TrainableModel.load(archive, plan, work, Device.cpu());
                NDManager unit = model.newUnit()) {
            LossReading loss = loss(reference, model, unit, ones(reference), 0, Optional.empty());
            reference.result("cross_entropy").matches(loss.loss());
            reference.result("cross_entropy_gradient").matches(flat(loss));
        }
    }

    private static void penalised(
            ReferenceCase reference, String result, List<String> parts, Path archive, Path work) {
        Criterion criterion = Criterion.valueOf(parts.get(1).toUpperCase(Locale.ROOT));
        Objective objective =
                new Objective.RrClarc(
                        criterion, Aggregation.valueOf(parts.get(0).toUpperCase(Locale.ROOT)));
        LayerPath layer = new LayerPath(reference.parameter("layer").asText());
        Expected expected = reference.result(result);
        JsonNode value = expected.value();
        FloatTensor signs = signs(reference, criterion, value.path("target_class").asInt(-1));
        Optional<FloatTensor> weights =
                parts.get(2).equals("class_weighted")
                        ? Optional.of(reference.input("class_weight"))
                        : Optional.empty();
        TrainingPlan plan = plan(reference, Optional.of(layer), objective);
        try (TrainableModel model = TrainableModel.load(archive, plan, work, Device.cpu());
                NDManager unit = model.newUnit()) {
            double lambda = value.path("lamb").asDouble();
            LossReading loss = loss(reference, model, unit, signs, lambda, weights);
            expected.matches("total", loss.loss());
            expected.matches("rr_loss", loss.penalty());
            if (value.has("gradient_norm")) {
                expected.matches("gradient_norm", norm(flat(loss)));
            }
            String gradient = parts.get(0) + "/" + parts.get(1) + "/gradient";
            if (parts.get(2).equals("loss") && reference.resultNames().contains(gradient)) {
                reference.result(gradient).matches(flat(loss));
            }
        }
    }

    static TrainingPlan plan(
            ReferenceCase reference, Optional<LayerPath> layer, Objective objective) {
        List<String> names = new ArrayList<>();
        reference.parameter("parameter_layout").forEach(p -> names.add(p.path("name").asText()));
        return new TrainingPlan(layer, layer, objective, names, true, false);
    }

    private static FloatTensor ones(ReferenceCase reference) {
        FloatTensor shape = reference.input("random_sign");
        float[] ones = new float[shape.values().length];
        Arrays.fill(ones, 1);
        return FloatTensor.of(ones, shape.shape());
    }

    private static FloatTensor signs(ReferenceCase reference, Criterion criterion, int fixed) {
        if (criterion == Criterion.ALL_LOGITS_RANDOM) {
            return reference.input("random_sign");
        }
        FloatTensor signs = ones(reference);
        if (criterion == Criterion.TARGET_LOGIT) {
            long[] labels = reference.wholeInput("labels");
            Arrays.fill(signs.values(), 0);
            for (int i = 0; i < labels.length; i++) {
                int target = fixed >= 0 ? fixed : (int) labels[i];
                signs.values()[i * signs.rowSize() + target] = 1;
            }
        }
        return signs;
    }

    private static LossReading loss(
            ReferenceCase reference,
            TrainableModel model,
            NDManager unit,
            FloatTensor signs,
            double lambda,
            Optional<FloatTensor> weights) {
        FloatTensor images = reference.input("images");
        NDArray x = unit.create(images.values(), new Shape(images.shape()));
        float[] cav = reference.input("cav").values();
        NDArray classWeights =
                weights.map(w -> unit.create(w.values()))
                        .orElseGet(() -> unit.ones(new Shape(signs.rowSize())));
        LossInputs inputs =
                new LossInputs(
                        unit.create(reference.wholeInput("labels")),
                        classWeights,
                        unit.create(cav, new Shape(1, cav.length)),
                        unit.create(signs.values(), new Shape(signs.shape())),
                        unit.create((float) lambda));
        return model.loss(x, inputs);
    }

    private static float[] flat(LossReading loss) {
        List<Float> all = new ArrayList<>();
        loss.gradients()
                .forEach(
                        g -> {
                            for (float value : g.toFloatArray()) {
                                all.add(value);
                            }
                        });
        float[] flat = new float[all.size()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = all.get(i);
        }
        return flat;
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
