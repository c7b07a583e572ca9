package org.plumbline.core.fairwashing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.model.Digest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A calibrated null as JSON: the readings of honest models, and of what they are twins. Immutable.
 *
 * @param model SHA-256 of the archive it was calibrated for
 * @param inputs SHA-256 of the inputs that the honest models explained
 * @param agreement share of clean inputs that each honest model puts in the archive's class
 * @param reference what {@link Detector#REFERENCE} compared the honest models with; empty: nothing
 */
public record NullFile(
        String model,
        String inputs,
        List<Double> agreement,
        HonestModels honest,
        Optional<Reference> reference) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 2;
    private static final long LARGEST = 4 << 20;
    private static final Pattern FILE = Pattern.compile("[^/\\\\]+\\.pt"); // in the same folder

    /** Copies the list. */
    public NullFile {
        agreement = List.copyOf(agreement);
    }

    /**
     * What honest models were compared with. Immutable.
     *
     * @param model SHA-256 of its archive
     * @param file name, beside the null, of the honest twin that was kept for it; empty: a version
     *     that was trusted anyway
     */
    public record Reference(String model, Optional<String> file) {}

    /**
     * Refuses another archive: its twins learnt other answers, so what they explain says nothing.
     *
     * @param archive under test
     * @param field that the file was given in, for the message
     * @throws AuditException {@code BAD_DATA} if the file was calibrated for another
     */
    public void requireFor(Digest archive, String field) {
        if (!model.equals(archive.hex())) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    field,
                    "calibrated for archive " + model,
                    "calibrated for " + archive);
        }
    }

    /**
     * Returns the honest models for a comparison.
     *
     * @param compared digest of what the model under test is compared with; what the honest models
     *     say of another reference is left out
     */
    public HonestModels honest(Optional<Digest> compared) {
        boolean same = reference.map(Reference::model).equals(compared.map(Digest::hex));
        return same ? honest : honest.without(Detector.REFERENCE);
    }

    /**
     * Returns the honest twin kept beside the file, empty if none was.
     *
     * @param file this was read from
     * @throws AuditException {@code BAD_DATA} if it is missing or another
     */
    public Optional<Path> twin(Path file) {
        return reference.flatMap(
                kept -> kept.file().map(name -> twin(file.resolveSibling(name), kept.model())));
    }

    private static Path twin(Path twin, String expected) {
        try {
            String found = Digest.of(twin).hex();
            if (!found.equals(expected)) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA, "twin", twin + ": SHA-256 " + found, expected);
            }
            return twin;
        } catch (IOException e) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "twin",
                    twin + ": " + e,
                    "the archive that fairwash calibrate wrote beside the null");
        }
    }

    /** Writes the file. */
    public void write(Path file) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT)
                .put("source", honest.source().name().toLowerCase(Locale.ROOT))
                .put("model", model)
                .put("inputs", inputs)
                .put("clean", honest.clean());
        agreement.forEach(root.putArray("agreement")::add);
        reference.ifPresent(
                compared -> {
                    ObjectNode node = root.putObject("reference").put("model", compared.model());
                    compared.file().ifPresent(name -> node.put("file", name));
                });
        ObjectNode signals = root.putObject("signals");
        honest.readings()
                .forEach(
                        (signal, models) ->
                                models.forEach(
                                        m ->
                                                signals.withArray(signal.label())
                                                        .addObject()
                                                        .put("mean", m.mean())
                                                        .put("deviation", m.deviation())
                                                        .put("inputs", m.inputs())));
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
    }

    /**
     * Reads a file.
     *
     * @throws AuditException {@code BAD_DATA} if it is no such file
     */
    public static NullFile read(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw refused(file.toString(), "larger than " + LARGEST + " bytes");
            }
            return parse(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_DATA, "null: " + file + ": " + e, e);
        }
    }

    /**
     * Reads the content of a file.
     *
     * @param origin where it comes from, for messages
     * @throws AuditException {@code BAD_DATA} if it is no such content
     */
    public static NullFile parse(String origin, byte[] content) {
        try {
            JsonNode root = JSON.readTree(content);
            if (root.path("format").asInt() != FORMAT) {
                throw refused(origin, "format " + root.path("format"));
            }
            List<Double> agreement = new ArrayList<>();
            root.path("agreement").forEach(share -> agreement.add(share.asDouble()));
            Source source = Source.valueOf(root.path("source").asText().toUpperCase(Locale.ROOT));
            return new NullFile(
                    root.path("model").asText(),
                    root.path("inputs").asText(),
                    agreement,
                    new HonestModels(
                            source,
                            root.path("clean").asInt(),
                            signals(origin, root.path("signals"))),
                    reference(origin, root.path("reference")));
        } catch (IOException e) {
            throw refused(origin, "no JSON");
        } catch (IllegalArgumentException e) {
            throw refused(origin, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Reference> reference(String origin, JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        Optional<String> file = Optional.ofNullable(node.path("file").textValue());
        if (file.isPresent() && !FILE.matcher(file.get()).matches()) {
            throw refused(origin, "reference: " + node);
        }
        return Optional.of(new Reference(node.path("model").asText(), file));
    }

    private static Map<Signal, List<Moments>> signals(String origin, JsonNode node) {
        Map<Signal, List<Moments>> signals = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            List<Moments> models = new ArrayList<>();
            field.getValue().forEach(m -> models.add(moments(origin, m)));
            signals.put(Signal.parse(field.getKey()), models);
        }
        return signals;
    }

    private static Moments moments(String origin, JsonNode node) {
        double mean = node.path("mean").asDouble(Double.NaN);
        double deviation = node.path("deviation").asDouble(Double.NaN);
        int inputs = node.path("inputs").asInt(-1);
        if (!Double.isFinite(mean) || !(deviation >= 0) || inputs < 0) {
            throw refused(origin, node.toString());
        }
        return new Moments(mean, deviation, inputs);
    }

    private static AuditException refused(String origin, String found) {
        return AuditException.of(
                ErrorCode.BAD_DATA, "null", origin + ": " + found, "a file of fairwash calibrate");
    }
}
