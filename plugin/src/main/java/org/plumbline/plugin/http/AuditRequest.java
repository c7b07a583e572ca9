package org.plumbline.plugin.http;

import java.util.Locale;

/**
 * A request as any server receives it. Immutable; the body is not copied.
 *
 * @param method upper case
 * @param path decoded, without the query
 * @param contentType may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through once, nobody compares requests
public record AuditRequest(String method, String path, String contentType, byte[] body) {
    /** Puts the method in upper case. */
    public AuditRequest {
        method = method.toUpperCase(Locale.ROOT);
    }
}
