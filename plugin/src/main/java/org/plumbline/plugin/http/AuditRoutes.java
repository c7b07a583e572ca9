package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.plugin.delivery.AuditedModel;
import org.plumbline.plugin.delivery.Deliveries;
import org.plumbline.plugin.delivery.ModelCatalog;
import org.plumbline.plugin.delivery.ModelEntry;
import org.plumbline.plugin.fairwashing.Watches;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.mitigation.Mitigations;
import org.plumbline.plugin.pipeline.AuditPipeline;
import org.plumbline.plugin.repair.OrderedCorrection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;

/** Everything under {@code /audit}. Thread-safe. */
public final class AuditRoutes {
    /** Bytes an upload may have at most. */
    public static final int LARGEST_UPLOAD = 64 << 20;

    /** Bytes any other body may have at most. */
    public static final int LARGEST_BODY = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(AuditRoutes.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ModelCatalog catalog;
    private final Deliveries deliveries;
    private final AuditMeters meters;
    private final MitigationRoutes mitigations;
    private final FairwashingRoutes fairwashing;
    private final ModelJson json;
    private final ConceptRoutes concepts;
    private final StatusPage page = StatusPage.load();

    /** Serves what the given parts know. */
    public AuditRoutes(
            ModelCatalog catalog,
            AuditPipeline pipeline,
            Deliveries deliveries,
            Mitigations mitigations,
            Watches watches,
            AuditMeters meters) {
        this.catalog = catalog;
        this.deliveries = deliveries;
        this.meters = meters;
        this.mitigations = new MitigationRoutes(mitigations);
        fairwashing = new FairwashingRoutes(watches);
        json = new ModelJson(pipeline, deliveries, this.mitigations, fairwashing);
        concepts = new ConceptRoutes(deliveries, pipeline);
    }

    /** Returns whether a path is one of ours. */
    public static boolean owns(String path) {
        return path.equals("/audit") || path.startsWith("/audit/");
    }

    /** Returns how many bytes the body of a request may have. */
    public static int largestBody(String method) {
        return method.equals("PUT") ? LARGEST_UPLOAD : LARGEST_BODY;
    }

    /** Answers a request; failures are problem documents. */
    public AuditResponse handle(AuditRequest request) {
        try {
            if (request.body().length > largestBody(request.method())) {
                return AuditResponse.problem(
                        413,
                        "content too large",
                        "body: "
                                + request.body().length
                                + " bytes (expected: at most "
                                + largestBody(request.method())
                                + ")");
            }
            return route(request, List.of(request.path().substring(1).split("/")));
        } catch (AuditException e) {
            return AuditResponse.problem(e);
        } catch (IllegalArgumentException e) {
            return AuditResponse.problem(
                    new AuditException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            LOG.error("{} {}", request.method(), request.path(), e);
            return AuditResponse.problem(500, "internal", "see the server's log");
        }
    }

    private AuditResponse route(AuditRequest request, List<String> path) {
        String second = path.size() > 1 ? path.get(1) : "";
        return switch (second) {
            case "" -> get(request, () -> page.response());
            case "metrics" ->
                    get(
                            request,
                            () ->
                                    AuditResponse.text(
                                            200,
                                            "text/plain; version=0.0.4; charset=utf-8",
                                            meters.scrape()));
            case "models" -> models(request, path);
            default -> unknown(request);
        };
    }

    private AuditResponse models(AuditRequest request, List<String> path) {
        if (path.size() == 2) {
            return get(request, () -> AuditResponse.json(200, json.list(catalog.all())));
        }
        ModelEntry entry = entry(path.get(2));
        if (path.size() == 3) {
            return get(request, () -> AuditResponse.json(200, json.model(entry)));
        }
        return switch (path.get(3)) {
            case "concepts" -> concepts(request, entry, path);
            case "corrections" -> path.size() == 4 ? correction(request, entry) : unknown(request);
            case "fairwashing" ->
                    fairwashing
                            .handle(request, entry.key(), path.subList(4, path.size()))
                            .orElseGet(() -> unknown(request));
            case "mitigations" -> {
                audited(entry);
                yield mitigations
                        .handle(request, entry.key(), path.subList(4, path.size()))
                        .orElseGet(() -> unknown(request));
            }
            default -> unknown(request);
        };
    }

    private AuditResponse concepts(AuditRequest request, ModelEntry entry, List<String> path) {
        return switch (path.size()) {
            case 4 -> concepts.library(request, audited(entry));
            case 5 -> concepts.concept(request, audited(entry), path.get(4));
            default -> unknown(request);
        };
    }

    private AuditResponse correction(AuditRequest request, ModelEntry entry) {
        if (!request.method().equals("POST")) {
            return notAllowed(request, "POST");
        }
        AuditedModel model = audited(entry);
        OrderedCorrection ordered =
                deliveries.order(
                        model,
                        CorrectionBody.parse(request.body(), entry.key().name(), model.config()));
        return AuditResponse.json(
                202,
                JSON.createObjectNode()
                        .put("name", ordered.name())
                        .put("request_id", ordered.requestId())
                        .put("state", ordered.state()));
    }

    private ModelEntry entry(String name) {
        return catalog.named(name).stream()
                .reduce((a, b) -> b) // versions in order: the last one
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND,
                                        "model",
                                        name,
                                        "one of "
                                                + catalog.all().stream()
                                                        .map(e -> e.key().name())
                                                        .distinct()
                                                        .toList()));
    }

    private static AuditedModel audited(ModelEntry entry) {
        return entry.audited()
                .orElseThrow(
                        () ->
                                new AuditException(
                                        ErrorCode.FAILED_PRECONDITION,
                                        entry.key() + ": is not audited: " + entry.reason()));
    }

    private static AuditResponse get(
            AuditRequest request, java.util.function.Supplier<AuditResponse> answer) {
        return request.method().equals("GET") || request.method().equals("HEAD")
                ? answer.get()
                : notAllowed(request, "GET");
    }

    static AuditResponse notAllowed(AuditRequest request, String allowed) {
        return AuditResponse.problem(
                405,
                "method not allowed",
                request.method() + " " + request.path() + " (expected: " + allowed + ")");
    }

    private static AuditResponse unknown(AuditRequest request) {
        return AuditResponse.problem(404, "not_found", request.path() + ": no such resource");
    }
}
