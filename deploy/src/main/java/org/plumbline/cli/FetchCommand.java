package org.plumbline.cli;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.proto.v1.BlobHeader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Downloads a repaired archive. Confined to one thread. */
@Command(name = "fetch", description = "Download the repaired archive of a correction.")
final class FetchCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private WorkerOption worker = new WorkerOption();

    @Parameters(paramLabel = "NAME", description = "corrections/{id}.")
    private String name = "";

    @Option(names = "--out", required = true, description = "Where to write the archive.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        try (WorkerClient client = worker.open()) {
            BlobHeader header = client.download(name, out);
            output.result(
                    Output.object()
                            .put("name", name)
                            .put("sha256", header.getSha256())
                            .put("size_bytes", header.getSizeBytes())
                            .put("out", out.toString()));
            return ExitCode.DONE;
        }
    }
}
