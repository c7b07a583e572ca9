package org.plumbline.worker.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.worker.config.GateBounds;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.GroupAccuracy;
import org.plumbline.worker.evaluation.PairedChange;
import org.plumbline.worker.evaluation.PairedComparison;
import org.plumbline.worker.evaluation.PairedComparison.GroupChange;
import org.plumbline.worker.evaluation.PairedComparison.Shift;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/** Rules with rows to compare; numbers alone are {@link GateTest}'s. */
class PairedGateTest {
    private final AccuracyRules rules = new AccuracyRules(GateBounds.defaults());

    private static EvaluationReport report(double clean, OptionalDouble worst) {
        OptionalDouble none = OptionalDouble.empty();
        return new EvaluationReport(
                100,
                clean,
                0,
                OptionalDouble.of(clean),
                none,
                worst,
                none,
                none,
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    private static Optional<PairedComparison> compared(
            PairedChange clean, Optional<GroupChange> worst) {
        return Optional.of(
                new PairedComparison(
                        clean,
                        Optional.of(clean),
                        Optional.empty(),
                        Optional.empty(),
                        worst,
                        Optional.empty(),
                        Optional.empty()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what, rows, worse, better, passes
        "no row changed on many rows,              1000,  0,  0, true",
        "a drop within the bound,                  1000, 20, 12, true",
        "a drop beyond the bound that is noise,    1000, 36, 22, true",
        "a drop beyond the bound that is real,     1000, 45, 10, false",
        "a real drop whose size is unclear,         600, 22,  8, false",
        "a real drop within the bound,             5000, 45,  5, true",
        "as good on rows too few to say so,          30,  1,  1, false",
        "too few rows though none changed,           30,  0,  0, false",
        "an improvement on few rows,                 30,  0, 12, true"
    })
    void harmMustBeRealAndSafetyShown(
            String what, long rows, long worse, long better, boolean passes) {
        PairedChange change = PairedChange.of(rows, worse, better);
        GateRule rule =
                rules.clean(
                        report(0.5, OptionalDouble.empty()),
                        report(0.5 + change.change(), OptionalDouble.empty()),
                        compared(change, Optional.empty()));
        assertThat(rule.passed()).as(rule.description()).isEqualTo(passes);
    }

    @Test
    void aTestSetThatIsTooSmallSaysHowManyRowsWouldDo() {
        PairedChange change = PairedChange.of(30, 1, 1);
        GateRule rule =
                rules.clean(
                        report(0.9, OptionalDouble.empty()),
                        report(0.9, OptionalDouble.empty()),
                        compared(change, Optional.empty()));
        assertThat(rule.description())
                .startsWith("clean_accuracy: 0.9000 after 0.9000, 1 of 30 rows worse, 1 better,")
                .endsWith(
                        "(expected: a fall by at most 0.0600 at 95 %, which takes up to 120 such"
                                + " rows)");
    }

    @Test
    void honestRepairsPassAndHarmfulOnesFailWhateverTheDraw() {
        // 1,000 rows, 6 % change; chances over 400 drawn test sets
        assertThat(passRate(1000, 0.03, 0.03)).as("no loss").isGreaterThan(0.97);
        assertThat(passRate(1000, 0.035, 0.025)).as("a loss at the bound").isGreaterThan(0.8);
        assertThat(passRate(1000, 0.08, 0.0)).as("8 points lost").isZero();
        assertThat(passRate(100, 0.09, 0.02)).as("7 points lost, 100 rows").isLessThan(0.05);
    }

    private double passRate(int rows, double worse, double better) {
        SplittableRandom random = new SplittableRandom(11);
        int passed = 0;
        for (int draw = 0; draw < 400; draw++) {
            int lost = 0;
            int won = 0;
            for (int i = 0; i < rows; i++) {
                double u = random.nextDouble();
                lost += u < worse ? 1 : 0;
                won += u >= worse && u < worse + better ? 1 : 0;
            }
            PairedChange change = PairedChange.of(rows, lost, won);
            GateRule rule =
                    rules.clean(
                            report(0.8, OptionalDouble.empty()),
                            report(0.8 + change.change(), OptionalDouble.empty()),
                            compared(change, Optional.empty()));
            passed += rule.passed() ? 1 : 0;
        }
        return passed / 400.0;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what, worst before, after, rows, worse, better, passes
        "from nothing to most,               0.02, 0.60, 100,  8,  3, true",
        "another group is a little worse,    0.60, 0.58, 100,  5,  3, true",
        "the same group falls for real,      0.60, 0.40, 100, 22,  2, false",
        "unchanged on a tiny group,          0.60, 0.60,  10,  0,  0, false"
    })
    void theWorstGroupIsHeldToItsOwnRows(
            String what,
            double before,
            double after,
            long rows,
            long worse,
            long better,
            boolean passes) {
        GroupChange change =
                new GroupChange(
                        new GroupAccuracy(1, 1, after, rows),
                        PairedChange.of(rows, worse, better),
                        20);
        GateRule rule =
                rules.worstGroup(
                        report(0.9, OptionalDouble.of(before)),
                        report(0.9, OptionalDouble.of(after)),
                        compared(PairedChange.of(1000, 0, 0), Optional.of(change)));
        assertThat(rule.passed()).as(rule.description()).isEqualTo(passes);
    }

    @Test
    void aNumberShrinksOnlyIfItsWholeIntervalSaysSo() {
        OptionalDouble was = OptionalDouble.of(0.40);
        OptionalDouble is = OptionalDouble.of(0.38);
        assertThat(shrinks(was, is, new Shift(-0.02, -0.05, 0.01))).isFalse();
        assertThat(shrinks(was, is, new Shift(-0.02, -0.03, -0.01))).isTrue();
        assertThat(shrinks(was, OptionalDouble.of(0.03), new Shift(-0.37, -0.5, 0.1))).isTrue();
    }

    private static boolean shrinks(OptionalDouble was, OptionalDouble is, Shift shift) {
        return ShrinkRule.of("tcav_distance", was, is, 0.05, Optional.of(shift)).passed();
    }
}
