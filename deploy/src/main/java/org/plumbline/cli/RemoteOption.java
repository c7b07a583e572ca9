package org.plumbline.cli;

import org.plumbline.cli.client.WorkerClient;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Optional;

/** Options that have a worker do what a command does here. Confined to one thread. */
final class RemoteOption {
    @Option(
            names = "--worker",
            paramLabel = "HOST:PORT",
            description = "Let this worker do it (default: done here).")
    private Optional<String> address = Optional.empty();

    @Mixin private CredentialOptions credentials = new CredentialOptions();

    boolean given() {
        return address.isPresent();
    }

    WorkerClient open() throws IOException {
        return credentials.open(address.orElseThrow());
    }

    /** Refuses an option whose result only this process has. */
    void exclude(String option, boolean used) {
        if (given() && used) {
            throw new IllegalArgumentException(
                    option + ": with --worker (expected: one of the two)");
        }
    }
}
