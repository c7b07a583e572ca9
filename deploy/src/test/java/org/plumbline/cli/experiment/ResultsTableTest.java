package org.plumbline.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.error.AuditException;

import java.util.List;

class ResultsTableTest {
    private static ObjectNode cell(String entry, long seed, double clean, double sensitivity) {
        ObjectNode cell = Output.object().put("set", "patch").put("seed", seed).put("entry", entry);
        report(cell.putObject("before"), 0.9, 0.5);
        report(cell.putObject("after"), clean, sensitivity);
        return cell;
    }

    private static void report(ObjectNode report, double clean, double sensitivity) {
        var estimates = report.putArray("estimates");
        estimates.addObject().put("metric", "clean_accuracy").put("value", clean);
        estimates.addObject().put("metric", "sensitivity").put("value", sensitivity);
    }

    @Test
    void rowsHoldMeansAndSampleDeviationsOverSeeds() {
        JsonNode rows =
                new ResultsTable(
                                List.of(
                                        cell("rr-clarc", 1, 0.88, 0.1),
                                        cell("rr-clarc", 2, 0.90, 0.05)))
                        .json();
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).path("method").asText()).isEqualTo("before");
        assertThat(rows.at("/0/clean/mean").doubleValue()).isEqualTo(0.9);
        assertThat(rows.at("/0/sensitivity_removed/mean").isNull()).isTrue();
        assertThat(rows.at("/1/clean/mean").doubleValue()).isCloseTo(0.89, within(1e-12));
        assertThat(rows.at("/1/clean/sd").doubleValue())
                .isCloseTo(0.02 / Math.sqrt(2), within(1e-12));
        assertThat(rows.at("/1/sensitivity_removed/mean").doubleValue())
                .isCloseTo((0.8 + 0.9) / 2, within(1e-12));
        assertThat(rows.at("/1/clean_change/mean").doubleValue()).isCloseTo(-0.01, within(1e-12));
        assertThat(rows.at("/1/accuracy/mean").isNull()).as("not measured").isTrue();
    }

    @Test
    void aMethodThatFailedIsNamedBelowTheTable() {
        ObjectNode failed =
                Output.object()
                        .put("set", "patch")
                        .put("seed", 3)
                        .put("entry", "rrr")
                        .put("error", "mask: none (expected: mask.npy)");
        String text = new ResultsTable(List.of(cell("rr-clarc", 1, 0.88, 0.1), failed)).markdown();
        assertThat(text)
                .contains("| rr-clarc |")
                .doesNotContain("| rrr |")
                .endsWith("* patch, seed 3, rrr: mask: none (expected: mask.npy)\n");
    }

    @Test
    void oneRepeatHasNoDeviationAndNoneHasNoMean() {
        assertThat(Spread.of(0.25).text()).isEqualTo("0.2500");
        assertThat(Spread.of(Double.NaN).text()).isEqualTo("-");
        assertThat(Spread.of(1, 3).text()).isEqualTo("2.000 ± 1.4");
    }

    @Test
    void everyDefaultIsAValidCorrectionAndUnknownOnesAreRefusedBeforeAnyWork() {
        MethodDefaults defaults = MethodDefaults.load();
        for (Study study : Study.values()) {
            assertThat(defaults.parameters("rr-clarc", study, 2, 4))
                    .containsEntry("seed", "2")
                    .containsEntry("epochs", "4");
            assertThat(defaults.parameters("vanilla", study, 1, 0)).containsKey("trainable");
            assertThat(Study.of(study.label())).isEqualTo(study);
        }
        assertThatThrownBy(() -> defaults.parameters("magic", Study.PATCH, 1, 0))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("method: magic");
    }
}
