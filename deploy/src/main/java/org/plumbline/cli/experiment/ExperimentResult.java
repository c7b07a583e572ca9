package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Version;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A filled table with the command that fills it. Immutable.
 *
 * @param title of the text
 * @param legend of the columns
 */
record ExperimentResult(
        String title, String command, String legend, Rows rows, ResultsTable table) {
    /**
     * What was measured. Immutable.
     *
     * @param training images
     * @param test images
     */
    record Rows(int training, int test, List<JsonNode> cells) {
        Rows {
            cells = List.copyOf(cells);
        }
    }

    /** Writes {@code results.json} and {@code results.md} into a folder, and prints the table. */
    void write(Path folder, Output output) throws IOException {
        ObjectNode result =
                Output.object()
                        .put("plumbline", Version.text())
                        .put("command", command)
                        .put("training_images", rows.training())
                        .put("test_images", rows.test());
        result.set("rows", table.json());
        result.putArray("cells").addAll(rows.cells());
        Files.writeString(
                folder.resolve("results.json"), Output.text(result) + System.lineSeparator());
        String text =
                "# " + title + "\n\n`" + command + "`\n\n" + legend + "\n\n" + table.markdown();
        Files.writeString(folder.resolve("results.md"), text);
        output.result(result, Output.object().put("table", System.lineSeparator() + text));
    }
}
