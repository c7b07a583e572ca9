package org.plumbline.cli;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.worker.AuditWorker;
import org.plumbline.worker.config.WorkerConfig;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Runs the worker until the process is told to end. Confined to one thread. */
@Command(name = "worker", description = "Run the gRPC audit worker.")
final class WorkerCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(names = "--config", required = true, description = "worker.yaml.")
    private Path config = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        WorkerConfig settings = WorkerConfig.load(config, System.getenv());
        AuditWorker worker = AuditWorker.start(settings);
        Shutdown.closing(worker);
        output.result(
                Output.object()
                        .put("port", worker.port())
                        .put("metrics_port", worker.metricsPort()));
        worker.awaitTermination();
        return ExitCode.DONE;
    }
}
