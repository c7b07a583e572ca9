package org.plumbline.plugin.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.drift.Baseline;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.window.MeanEstimate;
import org.plumbline.plugin.pipeline.Baselines;
import org.plumbline.plugin.pipeline.DriftKey;
import org.plumbline.plugin.pipeline.FrozenBaseline;
import org.plumbline.plugin.pipeline.SeriesKey;
import org.plumbline.plugin.store.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The baselines of one model version, beside it in the cache, each with the content of its concept:
 * what is known of other contents does not apply. Another archive, layer, output or target has a
 * file of its own; the {@value #FILES} latest stay. Thread-safe.
 */
final class BaselineFile {
    private static final Logger LOG = LoggerFactory.getLogger(BaselineFile.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FILES = 16;
    private static final String SERIES = "baselines"; // of sensitivities, by class
    private static final String PREVALENCES = "prevalence_baselines"; // whatever the class

    private final Path file;
    private final AuditBasis basis;
    private final Map<Series, Kept> known = new HashMap<>();

    private BaselineFile(Path file, AuditBasis basis) {
        this.file = file;
        this.basis = basis;
    }

    /** Reads what was kept for a basis; a file that cannot be read starts anew, with a warning. */
    static BaselineFile open(ModelCache cache, AuditBasis basis) {
        String name = basis.archive().brief() + "-" + basis.settings().brief() + ".json";
        BaselineFile made = new BaselineFile(cache.baselines().resolve(name), basis);
        made.read();
        return made;
    }

    /** Returns the baselines of concepts with the given contents. */
    Baselines along(Map<ConceptId, Digest> contents) {
        return new View(this, Map.copyOf(contents));
    }

    private synchronized Optional<FrozenBaseline> find(DriftKey key, Digest content) {
        return Optional.ofNullable(known.get(Series.of(key)))
                .filter(kept -> kept.content().equals(content))
                .map(Kept::baseline);
    }

    private synchronized void keep(Map<Series, Kept> frozen) {
        known.putAll(frozen);
        try {
            WholeFile.write(file, tree().toPrettyString());
            sweep();
        } catch (IOException e) {
            LOG.warn("{}: baselines not kept, a restart makes new ones: {}", file, e.toString());
        }
    }

    private void read() {
        if (!Files.isRegularFile(file)) {
            return;
        }
        try {
            JsonNode tree = JSON.readTree(Files.readString(file));
            if (!tree.path("archive_sha256").asText().equals(basis.archive().hex())
                    || !tree.path("settings_sha256").asText().equals(basis.settings().hex())) {
                LOG.warn("{}: kept for something else, not applied", file);
                return;
            }
            Map<Series, Kept> found = new HashMap<>();
            tree.path(SERIES).forEach(node -> found.put(Series.read(node), kept(node)));
            tree.path(PREVALENCES).forEach(node -> found.put(Series.read(node), kept(node)));
            known.putAll(found);
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            LOG.warn("{}: unreadable, baselines are made anew: {}", file, e.toString());
        }
    }

    private ObjectNode tree() {
        ObjectNode tree = JSON.createObjectNode();
        tree.put("archive_sha256", basis.archive().hex());
        tree.put("settings_sha256", basis.settings().hex());
        ArrayNode classes = tree.putArray(SERIES);
        ArrayNode prevalences = tree.putArray(PREVALENCES);
        known.forEach(
                (series, kept) -> {
                    ArrayNode list = series.target().isPresent() ? classes : prevalences;
                    write(series.write(list.addObject()), kept);
                });
        return tree;
    }

    private static void write(ObjectNode node, Kept kept) {
        FrozenBaseline frozen = kept.baseline();
        MeanEstimate estimate = frozen.mean().estimate();
        node.put("content_sha256", kept.content().hex())
                .put("at", frozen.at().toString())
                .put("low", estimate.low())
                .put("high", estimate.high())
                .put("samples", estimate.samples())
                .put("clipped", estimate.clipped())
                .put("sum", estimate.sum())
                .put("variation", estimate.variation())
                .put("error", frozen.mean().error());
    }

    private static Kept kept(JsonNode node) {
        return new Kept(new Digest(node.path("content_sha256").asText()), baseline(node));
    }

    private static FrozenBaseline baseline(JsonNode node) {
        MeanEstimate estimate =
                new MeanEstimate(
                        node.path("low").asDouble(),
                        node.path("high").asDouble(),
                        node.path("samples").asLong(),
                        node.path("clipped").asLong(),
                        node.path("sum").asDouble(),
                        node.path("variation").asDouble());
        return new FrozenBaseline(
                Instant.parse(node.path("at").asText()),
                new Baseline(estimate, node.path("error").asDouble()));
    }

    private void sweep() throws IOException {
        try (Stream<Path> files = Files.list(file.resolveSibling(""))) {
            List<Path> old =
                    files.sorted(Comparator.comparing(BaselineFile::written).reversed())
                            .skip(FILES)
                            .toList();
            for (Path each : old) {
                Files.deleteIfExists(each);
            }
        }
    }

    private static Instant written(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH; // gone meanwhile
        }
    }

    /** Baselines as far as they belong to the concepts of one audit. */
    private record View(BaselineFile file, Map<ConceptId, Digest> contents) implements Baselines {
        @Override
        public Optional<FrozenBaseline> find(DriftKey key) {
            return Optional.ofNullable(contents.get(key.concept()))
                    .flatMap(content -> file.find(key, content));
        }

        @Override
        public void keep(Map<DriftKey, FrozenBaseline> frozen) {
            Map<Series, Kept> kept = new HashMap<>();
            frozen.forEach(
                    (key, baseline) ->
                            Optional.ofNullable(contents.get(key.concept()))
                                    .ifPresent(
                                            c -> kept.put(Series.of(key), new Kept(c, baseline))));
            file.keep(kept);
        }
    }

    private record Kept(Digest content, FrozenBaseline baseline) {}

    private record Series(String layer, String concept, OptionalInt target) {
        static Series of(DriftKey key) {
            OptionalInt target =
                    key instanceof SeriesKey series
                            ? OptionalInt.of(series.target())
                            : OptionalInt.empty();
            return new Series(key.layer().value(), key.concept().value(), target);
        }

        static Series read(JsonNode node) {
            return new Series(
                    node.path("layer").asText(),
                    node.path("concept").asText(),
                    node.has("class")
                            ? OptionalInt.of(node.path("class").asInt())
                            : OptionalInt.empty());
        }

        ObjectNode write(ObjectNode node) {
            node.put("layer", layer).put("concept", concept);
            target.ifPresent(k -> node.put("class", k));
            return node;
        }
    }
}
