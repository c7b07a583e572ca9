package org.plumbline.cli;

import org.plumbline.cli.client.Target;
import org.plumbline.cli.client.WorkerClient;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Options that say whom to trust and who calls. Confined to one thread. */
final class CredentialOptions {
    @Option(names = "--ca", description = "Certificates to trust; turns TLS on.")
    private Optional<Path> authority = Optional.empty();

    @Option(names = "--token-file", description = "File with the bearer token to send.")
    private Optional<Path> tokenFile = Optional.empty();

    /** Opens a connection to a worker; the caller closes it. */
    WorkerClient open(String address) throws IOException {
        return WorkerClient.open(new Target(address, authority, tokenFile));
    }
}
