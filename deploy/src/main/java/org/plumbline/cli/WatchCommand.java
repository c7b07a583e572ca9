package org.plumbline.cli;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.Following;
import org.plumbline.cli.terminal.Jobs;
import org.plumbline.cli.terminal.Output;
import org.plumbline.proto.v1.Correction;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Follows a correction to its end. Confined to one thread. */
@Command(name = "watch", description = "Follow a correction; exit 1 if it was not accepted.")
final class WatchCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private WorkerOption worker = new WorkerOption();

    @Parameters(paramLabel = "NAME", description = "corrections/{id}.")
    private String name = "";

    @Override
    public Integer call() throws IOException {
        try (WorkerClient client = worker.open()) {
            Correction job = client.watch(name, new Following(output.progress()));
            output.result(Jobs.json(job));
            return Jobs.exitCode(job);
        }
    }
}
