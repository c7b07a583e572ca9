package org.plumbline.cli;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.config.ServerConfigLoader;
import org.plumbline.plugin.embedded.EmbeddedOptions;
import org.plumbline.plugin.embedded.EmbeddedServer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** Runs the embedded host until the process is told to end. Confined to one thread. */
@Command(name = "server", description = "Serve model folders in one process, audited.")
final class ServerCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(names = "--models", required = true, description = "Folder of model folders.")
    private Path models = Path.of("");

    @Option(
            names = "--host",
            defaultValue = EmbeddedOptions.LOOPBACK,
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host = EmbeddedOptions.LOOPBACK;

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "Port, 0 for any free one (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--no-plugin",
            description = "Serve without any audit code, to compare against.")
    private boolean bare;

    @Override
    public Integer call() throws InterruptedException {
        ServerConfig config =
                ServerConfigLoader.load(
                        System.getenv(), Path.of(System.getProperty("user.home", ".")));
        EmbeddedServer server =
                EmbeddedServer.start(new EmbeddedOptions(models, host, port, !bare, config));
        Shutdown.closing(server);
        output.result(Output.object().put("host", host).put("port", server.port()));
        new CountDownLatch(1).await(); // the process ends by a signal
        return ExitCode.DONE;
    }
}
