package org.plumbline.cli.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;

/**
 * Options every command has, and where its result goes: stdout; progress goes to stderr. Confined
 * to one thread.
 */
public final class Output {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    // read by Failures and Plumbline from the parsed arguments
    @Option(names = "--verbose", description = "Log more and print stack traces.")
    @SuppressWarnings("UnusedVariable")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    /** Returns what was typed, for reports. */
    public static String line(CommandSpec command) {
        return "deploy/plumbline "
                + String.join(" ", command.commandLine().getParseResult().originalArgs());
    }

    /** Returns an empty result to fill. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Prints a result as JSON or as a table. */
    public void result(JsonNode result) {
        result(result, result);
    }

    /** Prints {@code full} as JSON or {@code table}, which people find enough, as a table. */
    public void result(JsonNode full, JsonNode table) {
        PrintWriter out = spec().commandLine().getOut();
        out.println(json ? text(full) : Table.of(table));
        out.flush();
    }

    /** Returns a tree as indented JSON. */
    public static String text(JsonNode result) {
        try {
            return PRETTY.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    /** Returns a progress line on stderr. */
    public Progress progress() {
        return new Progress(
                spec().commandLine().getErr(), Boolean.getBoolean("plumbline.terminal"));
    }

    private CommandSpec spec() {
        if (command == null) {
            throw new IllegalStateException("output: unbound (expected: a parsed command)");
        }
        return command;
    }
}
