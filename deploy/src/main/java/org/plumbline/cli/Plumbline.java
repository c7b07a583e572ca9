package org.plumbline.cli;

import org.plumbline.cli.bench.BenchCommand;
import org.plumbline.cli.experiment.ExperimentCommand;
import org.plumbline.cli.quickstart.QuickstartCommand;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Failures;
import org.plumbline.cli.terminal.Version;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.PrintWriter;
import java.util.List;

/** The command {@code plumbline}: wires the subcommands and maps failures to exit codes. */
@Command(
        name = "plumbline",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Audits deployed TorchScript image classifiers and repairs biased ones.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InspectCommand.class,
            ActivationsCommand.class,
            CavCommand.class,
            TcavCommand.class,
            ExplainCommand.class,
            TangentCommand.class,
            LocaliseCommand.class,
            FairwashCommand.class,
            CorrectCommand.class,
            EvaluateCommand.class,
            GenerateCommand.class,
            VerifyCommand.class,
            ShrinkCommand.class,
            WorkerCommand.class,
            SubmitCommand.class,
            JobsCommand.class,
            WatchCommand.class,
            CancelCommand.class,
            FetchCommand.class,
            ServerCommand.class,
            QuickstartCommand.class,
            ExperimentCommand.class,
            BenchCommand.class
        })
public final class Plumbline {
    private static final List<String> SERVICES = List.of("worker", "server");

    /** Runs a command and ends the process with its exit code. */
    public static void main(String... arguments) {
        System.setProperty("plumbline.log", logLevel(List.of(arguments)));
        System.exit(commandLine().execute(arguments));
    }

    /**
     * Runs a command.
     *
     * @return the exit code, see {@link ExitCode}
     */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return commandLine().setOut(out).setErr(err).execute(arguments);
    }

    private static CommandLine commandLine() {
        return new CommandLine(new Plumbline())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Failures::usage)
                .setExecutionExceptionHandler(Failures::failure);
    }

    private static String logLevel(List<String> arguments) {
        if (arguments.contains("--verbose")) {
            return "DEBUG";
        }
        boolean service = !arguments.isEmpty() && SERVICES.contains(arguments.get(0));
        return service ? "INFO" : "WARN";
    }
}
