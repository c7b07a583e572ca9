package org.plumbline.plugin.fairwashing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.plugin.fairwashing.WindowExamination.Findings;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of a window. Immutable.
 *
 * @param from when its first input came
 * @param to when its last input came
 * @param at when it was judged
 * @param inputs examined
 * @param source of the honest models it was compared with
 * @param honest says which, in words
 * @param leftOut what was not examined, and why
 * @param verdict of this window alone
 * @param examples on which each signal was loudest
 * @param pictures methods that have one
 */
public record ExaminedWindow(
        Instant from,
        Instant to,
        Instant at,
        int inputs,
        Source source,
        String honest,
        Optional<String> leftOut,
        FairwashingVerdict verdict,
        Map<Signal, List<Example>> examples,
        List<ExplanationMethod> pictures) {
    /** Copies the collections. */
    public ExaminedWindow {
        examples = new TreeMap<>(examples);
        pictures = List.copyOf(pictures);
    }

    /** Returns the same window with fewer pictures. */
    ExaminedWindow with(List<ExplanationMethod> left) {
        return new ExaminedWindow(
                from, to, at, inputs, source, honest, leftOut, verdict, examples, left);
    }

    /** Shortens what was found to what is kept. */
    static ExaminedWindow of(
            InputWindow window,
            Findings findings,
            Optional<String> leftOut,
            List<ExplanationMethod> pictures,
            Kept kept) {
        Map<Signal, List<Example>> examples = new TreeMap<>();
        long[] classes = findings.served().classes();
        for (Tested tested : findings.verdict().tested()) {
            examples.put(
                    tested.signal(),
                    Example.of(tested, findings.readings(), classes, kept.examples()));
        }
        return new ExaminedWindow(
                window.from(),
                window.to(),
                kept.at(),
                findings.inputs().rows(),
                findings.honest().honest().source(),
                findings.honest().detail(),
                leftOut,
                findings.verdict(),
                examples,
                pictures);
    }

    /**
     * What is noted with a window. Immutable.
     *
     * @param at time of the judgement
     * @param examples of each signal
     */
    record Kept(Instant at, int examples) {}

    /** Adds its numbers to an object, as the interface shows them and the cache keeps them. */
    public ObjectNode write(ObjectNode node) {
        node.put("at", at.toString())
                .put("from", from.toString())
                .put("to", to.toString())
                .put("inputs", inputs)
                .put("verdict", verdict.label())
                .put("p_value", verdict.pValue())
                .put("level", verdict.level())
                .put("null", source.name().toLowerCase(Locale.ROOT))
                .put("null_detail", honest);
        leftOut.ifPresent(reason -> node.put("left_out", reason));
        ArrayNode detectors = node.putArray("detectors");
        verdict.tested().forEach(tested -> write(detectors.addObject(), tested));
        ArrayNode methods = node.putArray("pictures");
        pictures.forEach(method -> methods.add(method.label()));
        return node;
    }

    private void write(ObjectNode node, Tested tested) {
        node.put("detector", tested.signal().detector().label())
                .put("method", tested.signal().method().label())
                .put("statistic", tested.statistic())
                .put("expected", tested.expected())
                .put("error", tested.error())
                .put("p_value", tested.pValue())
                .put("corrected", tested.corrected())
                .put("spoke", verdict.spoke().contains(tested))
                .put("inputs", tested.inputs());
        ArrayNode list = node.putArray("examples");
        examples.getOrDefault(tested.signal(), List.of())
                .forEach(
                        e ->
                                list.addObject()
                                        .put("sample", e.sample())
                                        .put("class", e.predicted())
                                        .put("value", e.value()));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException or a {@link java.time.DateTimeException} if it is something
     *     else
     */
    static ExaminedWindow read(JsonNode node) {
        List<Tested> tested = new ArrayList<>();
        Map<Signal, List<Example>> examples = new TreeMap<>();
        for (JsonNode detector : node.path("detectors")) {
            Signal signal =
                    Signal.parse(
                            detector.path("detector").asText()
                                    + "/"
                                    + detector.path("method").asText());
            tested.add(tested(signal, detector));
            examples.put(
                    signal,
                    detector.path("examples").valueStream().map(ExaminedWindow::example).toList());
        }
        return new ExaminedWindow(
                Instant.parse(node.path("from").asText()),
                Instant.parse(node.path("to").asText()),
                Instant.parse(node.path("at").asText()),
                node.path("inputs").asInt(),
                Source.valueOf(node.path("null").asText().toUpperCase(Locale.ROOT)),
                node.path("null_detail").asText(),
                Optional.ofNullable(node.path("left_out").textValue()),
                new FairwashingVerdict(tested, node.path("level").asDouble()),
                examples,
                node.path("pictures")
                        .valueStream()
                        .map(method -> ExplanationMethod.of(method.asText()))
                        .toList());
    }

    private static Tested tested(Signal signal, JsonNode node) {
        return new Tested(
                signal,
                node.path("statistic").asDouble(),
                node.path("expected").asDouble(),
                node.path("error").asDouble(),
                node.path("p_value").asDouble(),
                node.path("corrected").asDouble(),
                node.path("inputs").asInt());
    }

    private static Example example(JsonNode node) {
        return new Example(
                node.path("sample").asInt(),
                node.path("class").asLong(),
                node.path("value").asDouble());
    }
}
