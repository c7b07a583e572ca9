package org.plumbline.plugin.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The page at {@code /audit}: one file, nothing loaded from elsewhere. Immutable. */
final class StatusPage {
    private final byte[] html;

    private StatusPage(byte[] html) {
        this.html = html;
    }

    static StatusPage load() {
        try (InputStream in = StatusPage.class.getResourceAsStream("audit.html")) {
            if (in == null) {
                throw new IllegalStateException("audit.html: missing from the jar");
            }
            return new StatusPage(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    AuditResponse response() {
        return new AuditResponse(200, "text/html; charset=utf-8", html);
    }
}
