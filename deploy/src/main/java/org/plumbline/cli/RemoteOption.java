package org.plumbline.cli;

import org.plumbline.cli.client.Target;
import org.plumbline.cli.client.WorkerClient;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Options that have a worker do what a command does here. Confined to one thread. */
final class RemoteOption {
    @Option(
            names = "--worker",
            paramLabel = "HOST:PORT",
            description = "Let this worker do it (default: done here).")
    private Optional<String> address = Optional.empty();

    @Option(names = "--ca", description = "Certificates to trust; turns TLS on.")
    private Optional<Path> authority = Optional.empty();

    @Option(names = "--token-file", description = "File with the bearer token to send.")
    private Optional<Path> tokenFile = Optional.empty();

    boolean given() {
        return address.isPresent();
    }

    WorkerClient open() throws IOException {
        return WorkerClient.open(new Target(address.orElseThrow(), authority, tokenFile));
    }

    /** Refuses an option whose result only this process has. */
    void exclude(String option, boolean used) {
        if (given() && used) {
            throw new IllegalArgumentException(
                    option + ": with --worker (expected: one of the two)");
        }
    }
}
