package org.plumbline.plugin.embedded;

import org.plumbline.plugin.config.ServerConfig;

import java.nio.file.Path;

/**
 * How to start the embedded host. Immutable.
 *
 * @param models folder whose sub-folders are model folders
 * @param host address to listen on
 * @param port 0: any free one
 * @param plugin false: serve without any audit code in the way
 * @param config of the plugin
 */
public record EmbeddedOptions(
        Path models, String host, int port, boolean plugin, ServerConfig config) {
    /** Address that only this machine reaches. */
    public static final String LOOPBACK = "127.0.0.1";

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException if it is no port
     */
    public EmbeddedOptions {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
    }
}
