package org.plumbline.plugin.embedded;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.plumbline.plugin.http.AuditRequest;
import org.plumbline.plugin.http.AuditResponse;
import org.plumbline.plugin.http.AuditRoutes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads bounded requests from Jetty and writes answers back. Thread-safe. */
final class JettyHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(JettyHandler.class);

    private final HostRoutes routes;

    JettyHandler(HostRoutes routes) {
        this.routes = routes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        AuditResponse answer;
        try {
            answer = answer(request);
        } catch (IOException e) {
            callback.failed(e);
            return true;
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{} {}", request.getMethod(), request.getHttpURI(), e);
            answer = AuditResponse.problem(500, "internal", "see the server's log");
        }
        response.setStatus(answer.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
        boolean head = request.getMethod().equals("HEAD");
        byte[] body = head ? new byte[0] : answer.body();
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private AuditResponse answer(Request request) throws IOException {
        String path = request.getHttpURI().getDecodedPath();
        int limit = limit(request.getMethod(), path);
        byte[] body;
        try (InputStream in = Content.Source.asInputStream(request)) {
            body = in.readNBytes(limit + 1);
        }
        if (body.length > limit) {
            return AuditResponse.problem(
                    413, "content too large", "body: expected at most " + limit + " bytes");
        }
        String type =
                Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)).orElse("");
        return routes.handle(
                new AuditRequest(request.getMethod(), path, query(request), type, body));
    }

    private static int limit(String method, String path) {
        return path.startsWith("/predictions/")
                ? AuditRoutes.LARGEST_UPLOAD
                : AuditRoutes.largestBody(method);
    }

    private static Map<String, String> query(Request request) {
        Map<String, String> query = new HashMap<>();
        for (Fields.Field field : Request.extractQueryParameters(request)) {
            query.put(field.getName(), field.getValue());
        }
        return query;
    }
}
