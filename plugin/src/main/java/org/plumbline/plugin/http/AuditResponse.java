package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.nio.charset.StandardCharsets;

/** An answer any server can send. Immutable; the body is not copied. */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through once, nobody compares answers
public record AuditResponse(int status, String contentType, byte[] body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns JSON. */
    public static AuditResponse json(int status, JsonNode node) {
        return text(status, "application/json", node.toPrettyString() + "\n");
    }

    /** Returns text in UTF-8. */
    public static AuditResponse text(int status, String contentType, String text) {
        return new AuditResponse(status, contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns a problem document.
     *
     * <p>Source: RFC 9457.
     */
    public static AuditResponse problem(int status, String title, String detail) {
        ObjectNode node = JSON.createObjectNode();
        node.put("type", "about:blank").put("title", title).put("status", status);
        node.put("detail", detail);
        return text(status, "application/problem+json", node.toPrettyString() + "\n");
    }

    /** Returns a failure as a problem document. */
    public static AuditResponse problem(AuditException failure) {
        ObjectNode node = JSON.createObjectNode();
        int status = status(failure.code());
        node.put("type", "about:blank");
        node.put("title", failure.code().name().toLowerCase(java.util.Locale.ROOT));
        node.put("status", status).put("detail", failure.getMessage());
        return text(status, "application/problem+json", node.toPrettyString() + "\n");
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT, BAD_ARCHIVE, BAD_DATA, LAYER_NOT_TAPPABLE -> 400;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, FAILED_PRECONDITION -> 409;
            case CANCELLED, UNAVAILABLE -> 503;
            case RESOURCE_EXHAUSTED -> 507;
            case INTERNAL -> 500;
        };
    }
}
