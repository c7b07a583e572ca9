package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.quickstart.IdxFiles;
import org.plumbline.cli.terminal.ExitCode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two cells of the table of methods without concept, on bars in place of clothes. */
class DebiasExperimentIT {
    private static final int TRAINING = 5_120;
    private static final int HELD_OUT = 1_000;

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void oneCommandFillsTheTableAndKeepsWhatIsFinished() throws Exception {
        IdxFiles.write(folder.resolve("idx"), TRAINING + HELD_OUT, 10);

        JsonNode table = run();
        JsonNode plain = table.at("/rows/0");
        JsonNode failure = table.at("/rows/1");
        assertThat(plain.path("method").asText()).isEqualTo("vanilla");
        assertThat(failure.path("method").asText()).isEqualTo("lff-be");
        assertThat(failure.at("/updates/mean").doubleValue())
                .as("one detector of 100 updates, two networks of 60")
                .isEqualTo(220);
        assertThat(failure.at("/updates/mean").doubleValue())
                .as("budget of the baseline")
                .isLessThanOrEqualTo(plain.at("/updates/mean").doubleValue());
        assertThat(failure.at("/gain/mean").doubleValue())
                .isCloseTo(
                        failure.at("/unbiased/mean").doubleValue()
                                - plain.at("/unbiased/mean").doubleValue(),
                        within(1e-12));
        assertThat(failure.at("/mining_precision/n").intValue()).isEqualTo(1);
        assertThat(table.at("/cells/0/before"))
                .as("both start from the same values")
                .isEqualTo(table.at("/cells/1/before"));
        assertThat(groupRows(table.at("/cells/0/before")))
                .as("held-out training rows of every class in every colour")
                .isEqualTo(100);
        assertThat(Files.readString(folder.resolve("table/results.md")))
                .contains("experiment debias --data", "| lff-be | ");

        assertThat(run()).as("finished cells, their times included").isEqualTo(table);
    }

    private static long groupRows(JsonNode report) {
        return report.path("groups").size();
    }

    private JsonNode run() throws Exception {
        out.getBuffer().setLength(0);
        int exit =
                Plumbline.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        "experiment",
                        "debias",
                        "--data=" + folder.resolve("idx"),
                        "--models=models",
                        "--out=" + folder.resolve("table"),
                        "--sets=mlp-5",
                        "--methods=vanilla,lff-be",
                        "--seeds=1",
                        "--short",
                        "--choose",
                        "--json");
        assertThat(exit).as(err.toString()).isEqualTo(ExitCode.DONE);
        return new ObjectMapper().readTree(out.toString());
    }
}
