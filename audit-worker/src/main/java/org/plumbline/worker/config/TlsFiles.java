package org.plumbline.worker.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * PEM files of the listening side. Immutable.
 *
 * @param clientCa authorities of client certificates; present: every client must show one
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {}
