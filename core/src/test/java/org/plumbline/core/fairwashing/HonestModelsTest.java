package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.model.ExplanationMethod;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class HonestModelsTest {
    private static final Signal METHODS = new Signal(Detector.METHODS, ExplanationMethod.GRADIENT);
    private static final Signal REMOVAL = new Signal(Detector.REMOVAL, ExplanationMethod.GRADIENT);

    @Test
    void methodsAreComparedOnlyAmongTheSameMethods() {
        Set<ExplanationMethod> all = EnumSet.allOf(ExplanationMethod.class);
        Set<ExplanationMethod> gradient = Set.of(ExplanationMethod.GRADIENT);
        assertThat(HonestModels.none().comparable(METHODS, all)).isTrue();
        assertThat(HonestModels.none().comparable(METHODS, gradient)).isFalse();
        assertThat(HonestModels.none().comparable(REMOVAL, gradient)).isTrue();
        HonestModels twins =
                new HonestModels(Source.TWINS, Map.of(REMOVAL, List.of(new Moments(1, 1, 20))));
        assertThat(twins.comparable(METHODS, gradient)).isTrue();
        assertThat(twins.comparable(METHODS, all)).isFalse();
    }
}
