package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.cav.MeanLengths;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.SignalCav;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code signal} CAV of given activations, its mean lengths, and the activations themselves.
 */
final class SignalCavCase implements KnownCase {
    private static final String CAV = "/cav";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            if (result.startsWith("signal") && result.endsWith(CAV)) {
                String prefix = result.substring(0, result.length() - CAV.length());
                Pooling pooling = prefix.endsWith("mean") ? Pooling.MEAN : Pooling.MAX;
                checks.put(prefix, () -> fitted(reference, prefix, pooling));
                if (!reference.name().contains("resnet")) { // resnet images need a resize first
                    for (Path archive : reference.models()) {
                        checks.put(
                                prefix + " activations of " + archive.getFileName(),
                                () -> activations(reference, pooling, archive, work));
                    }
                }
            }
        }
        return checks;
    }

    private static FloatTensor pooled(ReferenceCase reference, Pooling pooling) {
        return reference.input(pooling == Pooling.MAX ? "activations_max" : "activations_mean");
    }

    private static void fitted(ReferenceCase reference, String prefix, Pooling pooling) {
        FloatTensor activations = pooled(reference, pooling);
        long[] targets = reference.wholeInput("targets");
        DenseVector cav = SignalCav.fit(activations, targets);
        reference.result(prefix + CAV).matches(cav.toArray());

        DenseVector stored = DenseVector.copyOf(reference.result(prefix + CAV).array().values());
        MeanLengths lengths = MeanLengths.of(activations, targets, stored);
        reference.result(prefix + "/mean_length").matches(lengths.clean());
        reference.result(prefix + "/mean_length_targets").matches(lengths.artifact());
    }

    private static void activations(
            ReferenceCase reference, Pooling pooling, Path archive, Path work) {
        LayerPath layer = new LayerPath(reference.parameter("layer").asText());
        float[] expected = pooled(reference, pooling).values();
        try (TappedModel model =
                TappedModel.load(archive, new TapSpec(layer, work, Device.cpu()))) {
            FloatTensor activation = model.read(reference.input("images"), -1).activation();
            float[] actual = pooling.pool(activation).values();
            float scale = 0;
            for (float value : expected) {
                scale = Math.max(scale, Math.abs(value));
            }
            // 1e-5 of the largest value: float32 convolutions summed in another order
            assertThat(actual)
                    .containsExactly(
                            Arrays.copyOf(expected, expected.length), within(scale * 1e-5f));
        }
    }
}
