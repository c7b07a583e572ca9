package org.plumbline.plugin.http;

import java.util.Locale;
import java.util.Map;

/**
 * A request as any server receives it. Immutable; the body is not copied.
 *
 * @param method upper case
 * @param path decoded, without the query
 * @param query decoded parameters, the last of each name
 * @param contentType may be empty
 */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through once, nobody compares requests
public record AuditRequest(
        String method, String path, Map<String, String> query, String contentType, byte[] body) {
    /** Puts the method in upper case, copies the query. */
    public AuditRequest {
        method = method.toUpperCase(Locale.ROOT);
        query = Map.copyOf(query);
    }

    /** A request without a query. */
    public AuditRequest(String method, String path, String contentType, byte[] body) {
        this(method, path, Map.of(), contentType, body);
    }
}
