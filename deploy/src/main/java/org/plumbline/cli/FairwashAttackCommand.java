package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.worker.fairwashing.AttackOutcome;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Makes a model whose explanations lie. Confined to one thread. */
@Command(
        name = "attack",
        description =
                "Re-train a copy of a model until its explanations show a picture while its answers"
                        + " stay: to test detectors with. Never serve the result.")
final class FairwashAttackCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private AttackOptions options = new AttackOptions();

    @Parameters(paramLabel = "MODEL.pt", description = "TorchScript archive of the teacher.")
    private Path teacher = Path.of("");

    @Option(
            names = "--method",
            required = true,
            description = "gradient, gradient-input, integrated-gradients or lrp.")
    private String method = "";

    @Option(
            names = "--tangent",
            description = "Attack explanations that will be projected on tangent spaces.")
    private boolean tangent;

    @Option(names = "--out", required = true, description = "Where to write the student.")
    private Path out = Path.of("");

    @Mixin private RemoteOption remote = new RemoteOption();

    @Override
    public Integer call() throws IOException {
        OutputFile.require("out", out);
        ExplanationMethod attacked = ExplanationMethod.of(method);
        ObjectNode result = RedTeam.node();
        result.put("method", attacked.label()).put("tangent", tangent);
        options.describe(result);
        AttackOutcome outcome = remote.given() ? there(attacked) : here(attacked, result);
        result.put("uniform_mse", outcome.uniformMse());
        RedTeam.describe(outcome.teacher(), result.putObject("teacher"));
        RedTeam.describe(outcome.trainingForm(), result.putObject("training_form"));
        RedTeam.describe(outcome.servedForm(), result.putObject("served_form"));
        output.result(result.put("out", out.toString()));
        return ExitCode.DONE;
    }

    private AttackOutcome here(ExplanationMethod attacked, ObjectNode result) throws IOException {
        try (RedTeam team = new RedTeam(teacher, options, output.progress())) {
            result.put("seconds", team.attack(attacked, tangent, out));
            return team.outcome(attacked, out);
        }
    }

    private AttackOutcome there(ExplanationMethod attacked) throws IOException {
        try (WorkerClient client = remote.open()) {
            return new RemoteAttack(teacher, options)
                    .run(client, attacked, tangent, out, output.progress());
        }
    }
}
