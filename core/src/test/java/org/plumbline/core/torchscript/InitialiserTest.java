package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Initialiser.Convolutions;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** Draws against the moments and bounds of each layer's distribution. */
class InitialiserTest {

    @ParameterizedTest
    @ValueSource(strings = {"small_cnn.trace", "small_cnn.script"})
    void everyLayerFollowsItsRule(String name) throws IOException {
        try (Archive archive = Archive.open(TestArchives.reference(name))) {
            Initialiser initialiser = new Initialiser(archive, Convolutions.UNIFORM);
            Map<String, FloatTensor> drawn = initialiser.draw(1);

            assertThat(initialiser.kept()).isEmpty();
            for (StoredTensor parameter : archive.parameters()) {
                assertThat(drawn).containsKey(parameter.name());
            }
            // 3 inputs x 3 x 3; 12 x 3 x 3
            uniform(drawn, "features.0.weight", 1 / Math.sqrt(27));
            uniform(drawn, "features.0.bias", 1 / Math.sqrt(27));
            uniform(drawn, "features.4.weight", 1 / Math.sqrt(12 * 9));
            long inputs =
                    archive.tensors().values().stream()
                            .filter(t -> t.name().equals("classifier.0.weight"))
                            .mapToLong(t -> t.shape().get(1))
                            .sum();
            uniform(drawn, "classifier.0.weight", 1 / Math.sqrt((double) inputs));
            uniform(drawn, "classifier.0.bias", 1 / Math.sqrt((double) inputs));
            assertThat(of(drawn, "features.1.weight")).containsOnly(1);
            assertThat(of(drawn, "features.1.bias")).containsOnly(0);
            assertThat(of(drawn, "features.1.running_mean")).containsOnly(0);
            assertThat(of(drawn, "features.1.running_var")).containsOnly(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Convolutions.class)
    void residualNetworksMayTakeTorchvisionsRule(Convolutions rule) throws IOException {
        try (Archive archive = Archive.open(TestArchives.reference("resnet18.script"))) {
            float[] weights = of(new Initialiser(archive, rule).draw(2), "layer4.1.conv2.weight");
            double variance = 0;
            for (float w : weights) {
                variance += (double) w * w / weights.length;
            }
            double expected =
                    rule == Convolutions.UNIFORM
                            ? 1.0 / (512 * 9) / 3 // bound^2 / 3
                            : 2.0 / (512 * 9);
            // 2.4 million draws: the relative error of a variance is below 0.1 %; margin ten times
            assertThat(variance / expected).isCloseTo(1, within(0.01));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -7})
    void theSeedDecidesEveryValue(long seed) throws IOException {
        try (Archive archive = Archive.open(TestArchives.reference("mlp.script"))) {
            Initialiser initialiser = new Initialiser(archive, Convolutions.UNIFORM);
            Map<String, FloatTensor> first = initialiser.draw(seed);
            Map<String, FloatTensor> again = initialiser.draw(seed);
            Map<String, FloatTensor> other = initialiser.draw(seed + 1);
            first.forEach(
                    (name, values) -> {
                        assertThat(of(again, name)).as(name).isEqualTo(values.values());
                        assertThat(of(other, name)).as(name).isNotEqualTo(values.values());
                    });
        }
    }

    /** A uniform sample stays within its bound, comes near it, and is centred. */
    private static void uniform(Map<String, FloatTensor> drawn, String name, double bound) {
        float[] values = of(drawn, name);
        double largest = 0;
        double sum = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
            sum += value;
        }
        assertThat(largest).as(name).isLessThanOrEqualTo(bound * (1 + 1e-6));
        assertThat(largest).as(name).isGreaterThan(0.7 * bound); // 12 values: 0.7^12 = 1 %
        double error = bound / Math.sqrt(3.0 * values.length);
        assertThat(Math.abs(sum / values.length)).as(name).isLessThan(4 * error);
    }

    private static float[] of(Map<String, FloatTensor> drawn, String name) {
        return Objects.requireNonNull(drawn.get(name), name).values();
    }
}
