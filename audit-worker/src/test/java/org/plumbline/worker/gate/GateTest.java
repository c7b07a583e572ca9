package org.plumbline.worker.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

class GateTest {
    private final Gate gate = new Gate(GateBounds.defaults());

    private GateDecision decide(EvaluationReport before, EvaluationReport after) {
        return gate.decide(before, after, Optional.empty());
    }

    private static EvaluationReport report(
            double clean, double worst, double tcav, double sensitivity) {
        return new EvaluationReport(
                100,
                clean,
                0,
                OptionalDouble.of(clean),
                OptionalDouble.of(worst),
                OptionalDouble.of(worst),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                List.of(),
                Optional.of(new TcavMetrics(0.5, 0, tcav, 0, sensitivity, 0, 1, 1, 0)),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static EvaluationReport accuracyOnly(double accuracy) {
        OptionalDouble none = OptionalDouble.empty();
        return new EvaluationReport(
                100,
                accuracy,
                0,
                none,
                none,
                none,
                none,
                none,
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what, clean, worst, tcav, sensitivity after (before: 0.9, 0.4, 0.9, 1.0), failing rule
        "all better,                 0.91, 0.5, 0.6,  0.4,    ''",
        "clean falls by the bound,   0.89, 0.5, 0.6,  0.4,    ''",
        "clean falls by more,        0.889,0.5, 0.6,  0.4,    clean_accuracy",
        "worst group unchanged,      0.9,  0.4, 0.6,  0.4,    ''",
        "worst group falls,          0.9,  0.39,0.6,  0.4,    worst_group_accuracy",
        "score unchanged,            0.9,  0.4, 0.9,  0.4,    tcav_distance",
        "score mirrored,             0.9,  0.4, 0.1,  0.4,    tcav_distance",
        "score closer from below,    0.9,  0.4, 0.2,  0.4,    ''",
        "sensitivity unchanged,      0.9,  0.4, 0.6,  1.0,    sensitivity",
        "sensitivity grows,          0.9,  0.4, 0.6,  1.1,    sensitivity",
        "sensitivity not a number,   0.9,  0.4, 0.6,  NaN,    sensitivity",
        "nothing left,               0.9,  0.4, 0.5,  0,      ''"
    })
    void oneRuleDecides(
            String what, double clean, double worst, double tcav, double sensitivity, String rule) {
        GateDecision decision =
                decide(report(0.9, 0.4, 0.9, 1.0), report(clean, worst, tcav, sensitivity));
        assertThat(decision.accepted()).isEqualTo(rule.isEmpty());
        assertThat(decision.rules().stream().filter(r -> !r.passed()).map(GateRule::name))
                .isEqualTo(rule.isEmpty() ? List.of() : List.of(rule));
        assertThat(decision.rules()).hasSize(4);
    }

    @Test
    void aScoreThatWasAndStaysNeutralPassesEvenIfItMoves() {
        assertThat(decide(report(1, 1, 0.51, 1), report(1, 1, 0.54, 0.5)).accepted()).isTrue();
        assertThat(decide(report(1, 1, 0.51, 1), report(1, 1, 0.56, 0.5)).accepted()).isFalse();
    }

    @Test
    void nothingBeforeAndAfterPasses() {
        EvaluationReport insensitive = report(1, 1, 0.5, 0);
        assertThat(decide(insensitive, insensitive).accepted()).isTrue();
    }

    @Test
    void withoutAConceptOnlyTheAccuracyDecidesAndTheRestSaysSo() {
        GateDecision good = decide(accuracyOnly(0.5), accuracyOnly(0.6));
        assertThat(good.accepted()).isTrue();
        assertThat(good.rules().get(0).name()).isEqualTo("accuracy");
        assertThat(good.rules().subList(1, 4))
                .allSatisfy(
                        rule -> {
                            assertThat(rule.description()).contains("not applicable");
                            assertThat(rule.value()).isNaN();
                        });
        assertThat(decide(accuracyOnly(0.5), accuracyOnly(0.4)).accepted()).isFalse();
    }

    @Test
    void aRejectionNamesItsReasonsWithNumbers() {
        GateDecision decision = decide(report(0.9, 0.4, 0.9, 1), report(0.8, 0.3, 0.9, 2));
        assertThat(decision).isInstanceOf(GateDecision.Rejected.class);
        assertThat(((GateDecision.Rejected) decision).reasons())
                .containsExactly(
                        "clean_accuracy: 0.8000 after 0.9000 (expected: at least 0.8900)",
                        "worst_group_accuracy: 0.3000 after 0.4000 (expected: at least 0.4000)",
                        "tcav_distance: 0.400000 after 0.400000"
                                + " (expected: less, or at most 0.050000)",
                        "sensitivity: 2.000000 after 1.000000"
                                + " (expected: less, or at most 0.000001)");
    }
}
