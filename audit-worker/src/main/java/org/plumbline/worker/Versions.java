package org.plumbline.worker;

import ai.djl.engine.Engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Versions of the software at work. Thread-safe. */
final class Versions {
    private Versions() {}

    static String plumbline() {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }

    /** Loads the engine. */
    static Map<String, String> all() {
        return new TreeMap<>(
                Map.of(
                        "plumbline", plumbline(),
                        "djl", Engine.getDjlVersion(),
                        "pytorch", Engine.getEngine("PyTorch").getVersion(),
                        "java", System.getProperty("java.version", "unknown")));
    }
}
