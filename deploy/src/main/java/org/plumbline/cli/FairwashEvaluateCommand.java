package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.worker.fairwashing.StudentEvaluation.Form;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The published comparison: every method, attacked without and with knowledge of the projection,
 * explained raw and projected. Confined to one thread.
 */
@Command(
        name = "evaluate",
        description =
                "Attack a teacher by every method, without and with knowledge of the projection,"
                        + " and compare raw and projected explanations with the target. Students"
                        + " found in the folder are measured, not made again.")
final class FairwashEvaluateCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private AttackOptions options = new AttackOptions();
    @Spec private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive of the teacher.")
    private Path teacher = Path.of("");

    @Option(
            names = "--methods",
            split = ",",
            description = "Methods, separated by commas (default: all four).")
    private List<String> methods =
            Arrays.stream(ExplanationMethod.values()).map(ExplanationMethod::label).toList();

    @Option(
            names = "--attacks",
            split = ",",
            defaultValue = "undefended,defended",
            description = "undefended, defended: without, with the projection (default: both).")
    private List<Attacked> attacks = List.of();

    @Option(
            names = "--out",
            required = true,
            description = "Folder for students, results.json and results.md.")
    private Path out = Path.of("");

    /** What an attack knows of the projection. */
    enum Attacked {
        /** Nothing. */
        UNDEFENDED,
        /** All: it attacks projected explanations. */
        DEFENDED
    }

    @Override
    public Integer call() throws IOException {
        OutputFile.requireFolder("out", out);
        List<ExplanationMethod> wanted = methods.stream().map(ExplanationMethod::of).toList();
        ObjectNode result = RedTeam.node();
        result.put("command", Output.line(command)).put("teacher", teacher.toString());
        options.describe(result);
        try (RedTeam team = new RedTeam(teacher, options, output.progress())) {
            result.put("uniform_mse", team.uniformError());
            ArrayNode rows = result.putArray("models");
            for (ExplanationMethod method : wanted) {
                RedTeam.describe(
                        team.measure(method, teacher, Form.SERVED), row(rows, method, "teacher"));
                for (Attacked attack : attacks) {
                    attack(team, method, attack, rows);
                    write(result);
                }
            }
        }
        write(result);
        output.result(result, FairwashTable.rows(result));
        return ExitCode.DONE;
    }

    private void attack(RedTeam team, ExplanationMethod method, Attacked attack, ArrayNode rows) {
        String name = Choice.word(attack);
        Path student = out.resolve(method.label() + "-" + name + ".pt");
        boolean found = Files.exists(student);
        double seconds = found ? 0 : team.attack(method, attack == Attacked.DEFENDED, student);
        ObjectNode row = row(rows, method, name);
        if (!found) {
            row.put("seconds", seconds);
        }
        RedTeam.describe(team.measure(method, student, Form.SERVED), row);
    }

    private static ObjectNode row(ArrayNode rows, ExplanationMethod method, String model) {
        return rows.addObject().put("method", method.label()).put("model", model);
    }

    private void write(ObjectNode result) throws IOException {
        Files.writeString(out.resolve("results.json"), Output.text(result) + "\n");
        Files.writeString(out.resolve("results.md"), FairwashTable.markdown(result));
    }
}
