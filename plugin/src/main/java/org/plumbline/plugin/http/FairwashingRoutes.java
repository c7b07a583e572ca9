package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.plugin.fairwashing.ModelWatch;
import org.plumbline.plugin.fairwashing.WatchState;
import org.plumbline.plugin.fairwashing.Watches;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.metrics.WatchPhase;
import org.plumbline.plugin.metrics.WindowOutcome;

import java.util.List;
import java.util.Optional;

/** Watches over HTTP: what they found, and pictures of examples. Thread-safe. */
final class FairwashingRoutes {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PICTURE = ".png";

    private final Watches watches;

    FairwashingRoutes(Watches watches) {
        this.watches = watches;
    }

    /**
     * Answers below {@code /audit/models/NAME/fairwashing}; none if there is no such resource.
     *
     * @param below the parts of the path behind it
     */
    Optional<AuditResponse> handle(AuditRequest request, ModelKey key, List<String> below) {
        if (below.size() > 1 || (below.size() == 1 && !below.get(0).endsWith(PICTURE))) {
            return Optional.empty();
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return Optional.of(AuditRoutes.notAllowed(request, "GET"));
        }
        ModelWatch watch = of(key);
        return Optional.of(
                below.isEmpty()
                        ? AuditResponse.json(200, node(JSON.createObjectNode(), watch.state()))
                        : picture(watch, below.get(0)));
    }

    private static AuditResponse picture(ModelWatch watch, String name) {
        ExplanationMethod method =
                ExplanationMethod.of(name.substring(0, name.length() - PICTURE.length()));
        return watch.picture(method)
                .map(png -> new AuditResponse(200, "image/png", png))
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND,
                                        "picture",
                                        name,
                                        "one of pictures of the last window"));
    }

    private ModelWatch of(ModelKey key) {
        return watches.of(key)
                .orElseThrow(
                        () ->
                                new AuditException(
                                        ErrorCode.FAILED_PRECONDITION,
                                        key + ": has no fairwashing in its plumbline.yaml"));
    }

    /** Adds what the watch over a model found to its description. */
    void describe(ObjectNode node, ModelKey key) {
        watches.of(key).ifPresent(watch -> node(node.putObject("fairwashing"), watch.state()));
    }

    private static ObjectNode node(ObjectNode node, WatchState state) {
        node.put("state", state.phase().label());
        if (!state.reason().isEmpty()) {
            node.put("reason", state.reason());
        }
        state.suspect().ifPresent(s -> node.put("verdict", s ? "suspect" : "clean"));
        node.putObject("window")
                .put("collected", state.collected())
                .put("size", state.window())
                .put("unfit_requests", state.unfit());
        if (state.phase() == WatchPhase.EXAMINING) {
            node.put("progress", state.progress());
        }
        ObjectNode windows = node.putObject("windows");
        for (WindowOutcome outcome : WindowOutcome.values()) {
            windows.put(outcome.label(), state.windows().getOrDefault(outcome, 0L));
        }
        node.put("seconds", state.seconds()).put("budget", state.budget());
        state.last().ifPresent(last -> last.write(node.putObject("last")));
        return node;
    }
}
