package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.instrument.Projector;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** P-ClArC and A-ClArC written into archives: activations, logits and the levels reached. */
final class ClarcProjectionCase implements KnownCase {
    private static final Map<String, String> LEVELS =
            Map.of("pclarc", "mean_length", "aclarc", "mean_length_targets");
    private static final int BATCH = 8;

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            List<String> parts = List.of(result.split("/", -1)); // method/cav/what
            boolean known = LEVELS.containsKey(parts.get(0)) && !parts.get(1).startsWith("train_");
            for (Path archive : known ? reference.models() : List.<Path>of()) {
                checks.put(
                        result + " of " + archive.getFileName(),
                        () -> check(reference, result, parts, archive, work));
            }
        }
        return checks;
    }

    private static void check(
            ReferenceCase reference, String result, List<String> parts, Path archive, Path work)
            throws IOException {
        DenseVector cav = DenseVector.copyOf(reference.input("cav_" + parts.get(1)).values());
        double level =
                reference
                        .result(parts.get(1) + "/" + LEVELS.get(parts.get(0)))
                        .value()
                        .doubleValue();
        LayerPath layer = new LayerPath(reference.parameter("layer").asText());
        Path projected = work.resolve(result.replace('/', '-') + "-" + archive.getFileName());
        try (Archive original = Archive.open(archive)) {
            Projector.project(original, layer, Projection.of(cav, level, true), projected);
        }
        Expected expected = reference.result(result);
        FloatTensor images = reference.input("images");
        try (TappedModel model =
                TappedModel.load(projected, new TapSpec(layer, work, Device.cpu()))) {
            switch (parts.get(2)) {
                case "logits" -> expected.matches(model.logits(images, BATCH).values());
                case "activations" -> expected.matchesFirstRows(model.observe(images).activation());
                case "projected_length" ->
                        expected.matches("", lengths(model.observe(images).activation(), cav));
                default -> throw new AssertionError("unknown result " + result);
            }
        }
    }

    private static float[] lengths(FloatTensor activation, DenseVector cav) {
        FloatTensor pooled = Pooling.MAX.pool(activation);
        float[] lengths = new float[pooled.rows()];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = (float) pooled.row(i).dot(cav);
        }
        return lengths;
    }
}
