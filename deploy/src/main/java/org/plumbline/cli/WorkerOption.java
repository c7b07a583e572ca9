package org.plumbline.cli;

import org.plumbline.cli.client.Target;
import org.plumbline.cli.client.WorkerClient;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Options that say which worker to call. Confined to one thread. */
final class WorkerOption {
    @Option(
            names = "--worker",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:PLUMBLINE_WORKER_TARGET:-localhost:9090}",
            description = "Worker to call (default: PLUMBLINE_WORKER_TARGET or localhost:9090).")
    private String address = "localhost:9090";

    @Option(names = "--ca", description = "Certificates to trust; turns TLS on.")
    private Optional<Path> authority = Optional.empty();

    @Option(names = "--token-file", description = "File with the bearer token to send.")
    private Optional<Path> tokenFile = Optional.empty();

    WorkerClient open() throws IOException {
        return WorkerClient.open(new Target(address, authority, tokenFile));
    }
}
