package org.plumbline.plugin.embedded;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.http.AuditRequest;
import org.plumbline.plugin.http.AuditResponse;
import org.plumbline.plugin.http.AuditRoutes;
import org.plumbline.plugin.intercept.ServedId.ModelKey;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** DJL Serving's paths, as far as the embedded host has them. Thread-safe. */
final class HostRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelRegistry models;
    private final Optional<AuditRuntime> runtime;
    private final Path folder;

    HostRoutes(ModelRegistry models, Optional<AuditRuntime> runtime, Path folder) {
        this.models = models;
        this.runtime = runtime;
        this.folder = folder;
    }

    AuditResponse handle(AuditRequest request) {
        if (AuditRoutes.owns(request.path()) && runtime.isPresent()) {
            return runtime.get().routes().handle(request);
        }
        try {
            return route(request, List.of(request.path().substring(1).split("/")));
        } catch (AuditException e) {
            return AuditResponse.problem(e);
        }
    }

    private AuditResponse route(AuditRequest request, List<String> path) {
        return switch (path.get(0)) {
            case "ping" -> ping(request);
            case "metrics" -> metrics(request);
            case "predictions" -> predict(request, path);
            case "models" -> models(request, path);
            default -> unknown(request);
        };
    }

    private AuditResponse ping(AuditRequest request) {
        return request.method().equals("GET")
                ? AuditResponse.json(200, JSON.createObjectNode().put("status", "Healthy"))
                : notAllowed(request);
    }

    private AuditResponse metrics(AuditRequest request) {
        if (runtime.isEmpty()) {
            return unknown(request);
        }
        return runtime.get()
                .routes()
                .handle(new AuditRequest(request.method(), "/audit/metrics", "", new byte[0]));
    }

    private AuditResponse predict(AuditRequest request, List<String> path) {
        if (path.size() < 2 || path.size() > 3) {
            return unknown(request);
        }
        if (!request.method().equals("POST")) {
            return notAllowed(request);
        }
        Optional<String> version = path.stream().skip(2).findFirst();
        return models.find(path.get(1), version).predict(request.body(), request.contentType());
    }

    private AuditResponse models(AuditRequest request, List<String> path) {
        Map<String, String> query = request.query();
        switch (request.method()) {
            case "GET" -> {
                return AuditResponse.json(200, list());
            }
            case "POST" -> {
                ServingModel model = models.load(key(query), source(query));
                return AuditResponse.json(200, describe(JSON.createObjectNode(), model));
            }
            case "DELETE" -> {
                if (path.size() < 2) {
                    throw AuditException.of(
                            ErrorCode.INVALID_ARGUMENT, "path", request.path(), "/models/NAME");
                }
                models.unload(path.get(1), path.stream().skip(2).findFirst());
                return AuditResponse.json(200, JSON.createObjectNode().put("status", "unloaded"));
            }
            default -> {
                return notAllowed(request);
            }
        }
    }

    private ObjectNode list() {
        ObjectNode node = JSON.createObjectNode();
        ArrayNode array = node.putArray("models");
        models.all().forEach(model -> describe(array.addObject(), model));
        return node;
    }

    private static ObjectNode describe(ObjectNode node, ServingModel model) {
        node.put("modelName", model.key().name());
        model.key().serverVersion().ifPresent(v -> node.put("version", v));
        node.put("modelUrl", model.folder().folder().toUri().toString());
        return node.put("status", "READY");
    }

    private ModelKey key(Map<String, String> query) {
        String name =
                Optional.ofNullable(query.get("model_name"))
                        .orElseGet(() -> String.valueOf(source(query).normalize().getFileName()));
        return new ModelKey(name, Optional.ofNullable(query.get("model_version")));
    }

    private Path source(Map<String, String> query) {
        String url = query.getOrDefault("url", "");
        if (url.isBlank()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "url", "missing", "folder or file: URL");
        }
        return url.startsWith("file:") ? Path.of(URI.create(url)) : folder.resolve(url);
    }

    private static AuditResponse notAllowed(AuditRequest request) {
        return AuditResponse.problem(
                405, "method not allowed", request.method() + " " + request.path());
    }

    private static AuditResponse unknown(AuditRequest request) {
        return AuditResponse.problem(404, "not_found", request.path() + ": no such resource");
    }
}
