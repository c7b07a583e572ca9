package org.plumbline.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes services when the process is told to end. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private Shutdown() {}

    static void closing(AutoCloseable service) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(service), "shutdown"));
    }

    private static void close(AutoCloseable service) {
        try {
            service.close();
        } catch (Exception e) { // the process ends anyway; what failed is all that can be told
            LOG.error("shutdown: {}", e.getMessage(), e);
        }
    }
}
