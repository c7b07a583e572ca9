package org.plumbline.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.error.AuditException;

import java.nio.file.Path;
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
                ClarcTable.of(
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
        String text = ClarcTable.of(List.of(cell("rr-clarc", 1, 0.88, 0.1), failed)).markdown();
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
    void methodsStandBesideTheBaselineOfTheirSeed() {
        JsonNode rows =
                DebiasTable.of(
                                List.of(
                                        trained("vanilla", 1, 0.6, 40),
                                        trained("lff", 1, 0.7, 20),
                                        trained("vanilla", 2, 0.5, 40),
                                        trained("lff", 2, 0.8, 20),
                                        trained("lff", 3, 0.9, 20)))
                        .json();
        assertThat(rows.at("/1/method").asText()).isEqualTo("lff");
        assertThat(rows.at("/1/unbiased/mean").doubleValue()).isCloseTo(0.8, within(1e-12));
        assertThat(rows.at("/1/gain/n").intValue()).as("seed 3 has none").isEqualTo(2);
        assertThat(rows.at("/1/gain/values/1").doubleValue()).isCloseTo(0.3, within(1e-12));
        assertThat(rows.at("/1/gain/mean").doubleValue()).isCloseTo(0.2, within(1e-12));
        assertThat(rows.at("/1/gain/sd").doubleValue())
                .isCloseTo(0.2 / Math.sqrt(2), within(1e-12));
        assertThat(rows.at("/0/updates/mean").doubleValue()).isEqualTo(40);
        assertThat(rows.at("/1/updates/mean").doubleValue()).as("two networks").isEqualTo(47);
        assertThat(rows.at("/1/mining_recall/mean").doubleValue()).isEqualTo(0.75);
    }

    private static ObjectNode trained(String entry, long seed, double unbiased, int steps) {
        ObjectNode cell = Output.object().put("set", "mlp-5").put("seed", seed);
        cell.put("entry", entry).put("method", entry);
        cell.putObject("after")
                .putArray("estimates")
                .addObject()
                .put("metric", "accuracy")
                .put("value", unbiased);
        ObjectNode made = cell.putObject("steps").put("train", steps);
        if (entry.equals("lff")) {
            made.put("detectors", 7);
            cell.putObject("mining").putObject("truth").put("recall", 0.75);
        }
        return cell;
    }

    @Test
    void everyDefaultIsAValidCorrectionAndUnknownOnesAreRefusedBeforeAnyWork() {
        Design clarc = new ClarcDesign(Path.of(""), Path.of(""), ExperimentScale.SHORT);
        for (Study study : Study.values()) {
            assertThat(clarc.parameters(new Cell(study.label(), 1, false, 2, "rr-clarc")))
                    .containsEntry("seed", "2")
                    .containsEntry("epochs", "4");
            assertThat(clarc.parameters(new Cell(study.label(), 1, false, 1, "vanilla")))
                    .containsKey("trainable");
            assertThat(Study.of(study.label())).isEqualTo(study);
        }
        assertThatThrownBy(() -> clarc.parameters(new Cell("patch", 1, false, 1, "magic")))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("method: magic");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyNetworkHasARowForItsMethods(boolean brief) {
        DebiasDesign design =
                new DebiasDesign(Path.of(""), Path.of(""), DebiasDesign.Scale.of(brief, false));
        List<String> sets = List.of("mlp-1", "mlp-5", "cnn-1", "cnn-5");
        List<Cell> cells = design.cells(sets, List.of(1L, 2L), List.of());
        cells.forEach(design::parameters); // refuses what is unknown
        for (String set : sets) {
            assertThat(cells.stream().filter(c -> c.set().equals(set)).map(Cell::entry))
                    .contains("vanilla", set.startsWith("mlp") ? "disent-be" : "dcwp")
                    .doesNotContain(set.startsWith("mlp") ? "dcwp" : "lff");
        }
        assertThatThrownBy(() -> design.cells(List.of("vgg-1"), List.of(1L), List.of()))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("sets: vgg-1");
    }
}
