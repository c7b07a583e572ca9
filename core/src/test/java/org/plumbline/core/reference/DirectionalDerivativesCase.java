package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Directional derivatives of every class along given directions, and gradients of one class. */
final class DirectionalDerivativesCase implements KnownCase {
    private static final String DERIVATIVE = "derivative";
    private static final String GRADIENT = "gradient_class_";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            List<String> parts = List.of(result.split("/", -1)); // model/layer/what
            for (Path archive : reference.models("../models/" + parts.get(0) + ".*.pt")) {
                checks.put(
                        result + " of " + archive.getFileName(),
                        () -> check(reference, result, parts, archive, work));
            }
        }
        return checks;
    }

    private static void check(
            ReferenceCase reference, String result, List<String> parts, Path archive, Path work) {
        TapSpec spec = new TapSpec(new LayerPath(parts.get(1)), work, Device.cpu());
        Expected expected = reference.result(result);
        try (TappedModel model = TappedModel.load(archive, spec)) {
            FloatTensor images = reference.input("images");
            if (parts.get(2).startsWith(GRADIENT)) {
                int target = Integer.parseInt(parts.get(2).substring(GRADIENT.length()));
                expected.matches(model.read(images, target).gradient().values());
            } else if (parts.get(2).equals(DERIVATIVE)) {
                DenseVector cav =
                        DenseVector.copyOf(
                                reference
                                        .input(parts.get(0) + "/" + parts.get(1) + "/cav")
                                        .values());
                int classes = expected.array().extent(1);
                float[] actual = new float[images.rows() * classes];
                for (int k = 0; k < classes; k++) {
                    FloatTensor gradient = model.read(images, k).gradient();
                    FloatTensor map = SensitivityMap.of(gradient, cav);
                    for (int i = 0; i < images.rows(); i++) {
                        actual[i * classes + k] = mean(map, i);
                    }
                }
                expected.matches(actual);
            } else {
                throw new AssertionError("unknown result " + result);
            }
        }
    }

    private static float mean(FloatTensor map, int sample) {
        double sum = 0;
        for (int j = 0; j < map.rowSize(); j++) {
            sum += map.values()[sample * map.rowSize() + j];
        }
        return (float) (sum / map.rowSize());
    }
}
