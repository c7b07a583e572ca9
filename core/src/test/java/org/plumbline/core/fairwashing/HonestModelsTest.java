package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

class HonestModelsTest {
    private static final Signal METHODS = signal(Detector.METHODS);
    private static final Signal REMOVAL = signal(Detector.REMOVAL);
    private static final Signal PROJECTION = signal(Detector.PROJECTION);
    private static final Set<ExplanationMethod> ALL = EnumSet.allOf(ExplanationMethod.class);
    private static final Set<ExplanationMethod> GRADIENT = EnumSet.of(ExplanationMethod.GRADIENT);

    private static Signal signal(Detector detector) {
        return new Signal(detector, ExplanationMethod.GRADIENT);
    }

    private static Examination examined(Set<ExplanationMethod> methods, int clean) {
        Map<ExplanationMethod, FloatTensor> maps = new EnumMap<>(ExplanationMethod.class);
        methods.forEach(method -> maps.put(method, FloatTensor.zeros(1, 2, 2)));
        Map<ExplanationMethod, double[]> removal = new EnumMap<>(ExplanationMethod.class);
        return new Examination(clean, FloatTensor.zeros(1, 2), maps, maps, removal);
    }

    private static HonestModels twins(int clean, Signal signal) {
        return new HonestModels(
                Source.TWINS, clean, Map.of(signal, List.of(new Moments(1, 1, 20))));
    }

    @Test
    void methodsAreComparedOnlyAmongTheSameMethods() {
        HonestModels margins = HonestModels.none();
        assertThat(margins.comparable(METHODS, examined(ALL, 2000))).isTrue();
        assertThat(margins.comparable(METHODS, examined(GRADIENT, 2000))).isFalse();
        assertThat(margins.comparable(REMOVAL, examined(GRADIENT, 2000))).isTrue();
        HonestModels twins = twins(2000, METHODS);
        assertThat(twins.comparable(METHODS, examined(GRADIENT, 2000))).isTrue();
        assertThat(twins.comparable(METHODS, examined(ALL, 2000))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "200, false",
        "1000, false",
        "1500, true",
        "2000, true",
        "8000, true",
        "9000, false"
    })
    void projectionsAreComparedOnlyWhereAboutAsManyCleanInputsSpannedThem(
            int clean, boolean comparable) {
        Examination examined = examined(ALL, clean);
        HonestModels margins = HonestModels.none();
        assertThat(margins.comparable(PROJECTION, examined)).isEqualTo(comparable);
        assertThat(margins.comparable(REMOVAL, examined)).isTrue();
        HonestModels twins = twins(clean, PROJECTION);
        assertThat(twins.comparable(PROJECTION, examined)).isTrue();
        HonestModels silent = twins(clean, REMOVAL); // the margins stand in for them
        assertThat(silent.comparable(PROJECTION, examined)).isEqualTo(comparable);
    }
}
