package org.plumbline.core.reference;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.LossInputs;
import org.plumbline.core.tap.LossReading;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.tap.Updater;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Parameters after some steps of SGD and Adam, from images and from cached activations. */
final class RrClarcTrainCase implements KnownCase {
    private static final double CLIP = 100;

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String optimizer : List.of("sgd", "adam")) {
            for (Path archive : reference.models()) {
                for (boolean cached : new boolean[] {true, false}) {
                    checks.put(
                            optimizer
                                    + (cached ? " from caches, " : " from images, ")
                                    + archive.getFileName(),
                            () -> check(reference, optimizer, cached, archive, work));
                }
            }
        }
        return checks;
    }

    private static void check(
            ReferenceCase reference, String optimizer, boolean cached, Path archive, Path work) {
        String prefix = optimizer + "/";
        List<String> trained =
                reference.resultNames().stream()
                        .filter(r -> r.startsWith(prefix))
                        .map(r -> r.substring(prefix.length()))
                        .filter(r -> r.endsWith(".weight") || r.endsWith(".bias"))
                        .toList();
        Objective objective =
                new Objective.RrClarc(
                        Objective.Criterion.valueOf(upper(reference, "criterion")),
                        Objective.Aggregation.valueOf(upper(reference, "compute")));
        LayerPath layer = new LayerPath(reference.parameter("layer").asText());
        TrainingPlan plan =
                new TrainingPlan(
                        Optional.of(layer), Optional.of(layer), objective, trained, false, false);
        double rate = reference.parameter(prefix.replace("/", "_lr")).asDouble();
        try (TrainableModel model = TrainableModel.load(archive, plan, work, Device.cpu());
                NativeOperators operators = NativeOperators.load(work, Device.cpu());
                NDManager unit = model.newUnit();
                Updater updater = new Updater(operators, rule(optimizer), model.parameters(unit))) {
            FloatTensor images = reference.input("images");
            NDArray x = unit.create(images.values(), new Shape(images.shape()));
            LossInputs inputs = inputs(reference, unit, images.rows());
            NDList caches = model.trunk(x);
            NDArray rows =
                    unit.arange(0, images.rows())
                            .toType(ai.djl.ndarray.types.DataType.INT64, false);
            JsonNode steps = reference.result(prefix + "steps").value();
            Expected expected = reference.result(prefix + "steps");
            for (int i = 0; i < steps.size(); i++) {
                LossReading loss =
                        cached ? model.lossCached(rows, caches, inputs) : model.loss(x, inputs);
                NativeOperators.Clipped clipped = operators.clip(unit, loss.gradients(), CLIP);
                updater.update(unit, clipped.gradients(), rate);
                Expected step =
                        new Expected(expected.name() + i, at(expected.node(), i), expected.file());
                step.matches("total", loss.loss());
                step.matches("rr_loss", loss.penalty());
                step.matches("gradient_norm", clipped.norm());
            }
            Map<String, FloatTensor> state = model.state();
            for (String name : trained) {
                reference
                        .result(prefix + name)
                        .matches(state.getOrDefault(name, FloatTensor.zeros(0)).values());
            }
            NDArray logits = model.head(model.trunk(x));
            reference.result(prefix + "logits").matches(logits.toFloatArray());
        }
    }

    private static UpdateRule rule(String optimizer) {
        return optimizer.equals("sgd")
                ? new UpdateRule.Sgd(0.9, 0, false)
                : new UpdateRule.Adam(0.9, 0.999, 1e-7, 0);
    }

    private static JsonNode at(JsonNode result, int i) {
        com.fasterxml.jackson.databind.node.ObjectNode copy = result.deepCopy();
        copy.set("value", result.path("value").get(i));
        return copy;
    }

    private static String upper(ReferenceCase reference, String parameter) {
        return reference.parameter(parameter).asText().toUpperCase(Locale.ROOT);
    }

    private static LossInputs inputs(ReferenceCase reference, NDManager unit, int rows) {
        long[] labels = reference.wholeInput("labels");
        float[] cav = reference.input("cav").values();
        int classes = reference.result("sgd/logits").array().rowSize();
        return new LossInputs(
                unit.create(labels),
                unit.ones(new Shape(classes)),
                unit.create(cav, new Shape(1, cav.length)),
                unit.ones(new Shape(rows, classes)),
                unit.create((float) reference.parameter("lamb").asDouble()));
    }
}
