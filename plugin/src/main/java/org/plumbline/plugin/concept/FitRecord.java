package org.plumbline.plugin.concept;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.HyperParameter;
import org.plumbline.core.model.Digest;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * Where a CAV comes from: everything that made it, and how good it is. Immutable.
 *
 * @param source what was fitted
 * @param model what it was fitted in, and by what
 * @param fit the result
 * @param quality of it
 * @param at when
 */
public record FitRecord(
        LibraryConcept source, FittedIn model, CavFit fit, CavQuality quality, Instant at) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A model version and the programs that read it. Immutable.
     *
     * @param archive digest of the archive
     * @param layer dotted path
     * @param plumbline version of the plugin
     * @param engine name and version
     */
    public record FittedIn(Digest archive, String layer, String plumbline, String engine) {}

    /** Returns the digest of everything but the time: equal for fits that are repeated. */
    Digest digest() {
        return Digest.of(facts().toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Returns one JSON object. */
    public ObjectNode json() {
        ObjectNode node = JSON.createObjectNode();
        node.put("at", at.toString()).put("fit_sha256", digest().hex());
        node.setAll(facts());
        return node;
    }

    private ObjectNode facts() {
        ConceptContent content = source.content();
        FitSettings settings = content.settings();
        ObjectNode node = JSON.createObjectNode();
        node.put("concept", source.name().value())
                .put("source", source.upload().isPresent() ? "upload" : "configuration")
                .put("archive_sha256", model.archive().hex())
                .put("layer", model.layer())
                .put("cav", settings.cav().label())
                .put("pooling", settings.pooling().name().toLowerCase(Locale.ROOT))
                .put("seed", settings.seed())
                .put("plumbline", model.plumbline())
                .put("engine", model.engine())
                .put("cav_sha256", direction().hex())
                .put("norm", fit.norm());
        side(node.putObject("positives"), content.positives());
        side(node.putObject("negatives"), content.negatives());
        fit.parameter().ifPresent(p -> parameter(node.putObject("hyper_parameter"), p));
        quality(node.putObject("quality"));
        return node;
    }

    private Digest direction() {
        String components = Arrays.toString(fit.direction().toArray());
        return Digest.of(components.getBytes(StandardCharsets.UTF_8));
    }

    private static void side(ObjectNode node, ConceptContent.Side side) {
        node.put("count", side.count()).put("sha256", side.digest().hex());
    }

    private static void parameter(ObjectNode node, HyperParameter parameter) {
        node.put("name", parameter.name()).put("value", parameter.value());
    }

    private void quality(ObjectNode node) {
        node.put("separability", quality.separation().separability())
                .put("auc", quality.separation().auc());
        if (!Double.isNaN(quality.heldOutAuc())) {
            node.put("held_out_auc", quality.heldOutAuc());
        }
        quality.stability().ifPresent(s -> node.put("stability", s.mean()));
        node.put("poor", quality.poor().isPresent());
        quality.poor().ifPresent(reason -> node.put("reason", reason));
    }
}
