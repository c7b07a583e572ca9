package org.plumbline.cli;

import org.plumbline.cli.client.WorkerClient;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;

/** Options that say which worker to call. Confined to one thread. */
final class WorkerOption {
    @Option(
            names = "--worker",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:PLUMBLINE_WORKER_TARGET:-localhost:9090}",
            description = "Worker to call (default: PLUMBLINE_WORKER_TARGET or localhost:9090).")
    private String address = "localhost:9090";

    @Mixin private CredentialOptions credentials = new CredentialOptions();

    WorkerClient open() throws IOException {
        return credentials.open(address);
    }
}
