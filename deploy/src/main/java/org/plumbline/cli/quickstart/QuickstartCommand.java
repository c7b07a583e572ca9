package org.plumbline.cli.quickstart;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;

/** The loop behind {@code deploy/quickstart.sh}. Confined to one thread. */
@Command(
        name = "quickstart",
        description =
                "Bias, serve, audit, correct and serve again on Fashion-MNIST; exit 1 if the gate"
                        + " rejects the correction.")
public final class QuickstartCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
            names = "--data",
            required = true,
            description = "Folder of the four IDX files of Fashion-MNIST.")
    private Path data = Path.of("");

    @Option(
            names = "--skeleton",
            required = true,
            description = "The untrained network, deploy/models/fashion_cnn.pt.")
    private Path skeleton = Path.of("");

    @Option(names = "--out", required = true, description = "Folder for the run and its report.")
    private Path out = Path.of("");

    @Option(names = "--short", description = "Fewer images and epochs, the same steps.")
    private boolean brief;

    @Option(names = "--keep", description = "Keep the data, models and worker state of the run.")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Instant start = Instant.now();
        Path folder = out.toAbsolutePath();
        Path work = folder.resolve("run");
        StaleProcesses.end(folder);
        TapFolder.delete(folder);
        Files.createDirectories(work);
        Progress progress = output.progress();
        Quickstart run =
                new Quickstart(folder, skeleton, brief ? Scale.SHORT : Scale.FULL, progress);
        Thread stop = new Thread(run::close, "quickstart-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try (run) {
            Quickstart.Result result = run.run(data);
            Report.write(folder, result);
            output.result(result.summary().json(), result.summary().table());
            progress.say("report: " + folder.resolve(Report.HTML));
            progress.say("        " + folder.resolve(Report.JSON));
            progress.say(
                    String.format(
                            Locale.ROOT,
                            "done in %d s",
                            Duration.between(start, Instant.now()).toSeconds()));
        } catch (Quickstart.Refused e) {
            progress.say("error: " + e.getMessage());
            return ExitCode.CHECK_FAILED;
        }
        Runtime.getRuntime().removeShutdownHook(stop);
        if (!keep) {
            TapFolder.delete(work);
        }
        return ExitCode.DONE;
    }
}
