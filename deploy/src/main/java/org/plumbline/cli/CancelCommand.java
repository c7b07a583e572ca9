package org.plumbline.cli;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Jobs;
import org.plumbline.cli.terminal.Output;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Asks a correction to stop. Confined to one thread. */
@Command(name = "cancel", description = "Cancel a correction; a finished one stays as it is.")
final class CancelCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private WorkerOption worker = new WorkerOption();

    @Parameters(paramLabel = "NAME", description = "corrections/{id}.")
    private String name = "";

    @Override
    public Integer call() throws IOException {
        try (WorkerClient client = worker.open()) {
            output.result(Jobs.json(client.cancel(name)));
            return ExitCode.DONE;
        }
    }
}
