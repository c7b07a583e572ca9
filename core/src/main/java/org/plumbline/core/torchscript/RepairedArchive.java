package org.plumbline.core.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A repaired archive: the original with changed tensors and a provenance manifest, entry {@code
 * extra/plumbline.json}, which names the digest of every other entry. Thread-safe.
 */
public final class RepairedArchive {
    /** What the field {@code format} of a manifest says. */
    public static final String FORMAT = "plumbline-provenance/1";

    /** Entry that says where a repaired archive comes from. */
    static final String MANIFEST = "extra/plumbline.json";

    private static final String ENTRIES = "entries";
    private static final int LARGEST_MANIFEST = 16 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private RepairedArchive() {}

    /**
     * Writes the archive with new values of some tensors; everything else is copied.
     *
     * @param changed new values by attribute path, each of the shape it has in the archive
     * @throws AuditException {@code INVALID_ARGUMENT} if a tensor is unknown, not float32 or of
     *     another shape
     */
    public static void patch(Archive source, Map<String, FloatTensor> changed, Path out) {
        Map<String, byte[]> storages = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, FloatTensor> entry : changed.entrySet()) {
                StoredTensor tensor = checked(source, entry.getKey(), entry.getValue());
                String name = StoredValues.entry(tensor);
                byte[] storage = storages.get(name);
                if (storage == null) {
                    storage = StoredValues.content(source, name);
                    storages.put(name, storage);
                }
                StoredValues.write(tensor, entry.getValue().values(), storage);
            }
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, source.path() + ": " + e, e);
        }
        ArchiveWriter.write(source, storages, name -> !name.equals(MANIFEST), out);
    }

    private static StoredTensor checked(Archive source, String name, FloatTensor values) {
        StoredTensor tensor = StoredValues.required(source, name);
        if (tensor.size() != values.values().length) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, name, values, "shape " + tensor.shape());
        }
        return tensor;
    }

    /**
     * Writes {@code candidate} with a manifest to {@code out}; adds field {@code entries}, the
     * digest of every other entry. {@code out} appears only when complete.
     */
    public static void seal(Path candidate, ObjectNode manifest, Path out) {
        try (Archive archive = Archive.open(candidate)) {
            ObjectNode sealed = manifest.deepCopy();
            ObjectNode entries = sealed.putObject(ENTRIES);
            for (String name : new TreeSet<>(archive.entries())) {
                if (!name.equals(MANIFEST)) {
                    entries.put(name, Digest.of(StoredValues.content(archive, name)).hex());
                }
            }
            byte[] text = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(sealed);
            ArchiveWriter.write(archive, Map.of(MANIFEST, text), name -> true, out);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.RESOURCE_EXHAUSTED, candidate + ": " + e, e);
        }
    }

    /** Returns the manifest of an archive as it stands there, unchecked, if there is one. */
    public static Optional<JsonNode> manifest(Archive archive) {
        try {
            Optional<byte[]> text = archive.read(MANIFEST, LARGEST_MANIFEST);
            return text.isPresent() ? Optional.of(JSON.readTree(text.get())) : Optional.empty();
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, MANIFEST + ": " + e, e);
        }
    }

    /**
     * Checks every entry against the manifest.
     *
     * @return the manifest
     * @throws AuditException {@code BAD_ARCHIVE} if there is no manifest or an entry differs, is
     *     missing or was added
     */
    public static JsonNode verify(Path path) {
        try (Archive archive = Archive.open(path)) {
            JsonNode manifest = manifest(archive).orElseThrow(() -> broken(MANIFEST, "missing"));
            JsonNode entries = manifest.path(ENTRIES);
            Set<String> names = new TreeSet<>(archive.entries());
            names.remove(MANIFEST);
            for (String name : names) {
                String expected = entries.path(name).asText("");
                if (!Digest.of(StoredValues.content(archive, name)).hex().equals(expected)) {
                    throw broken(name, expected.isEmpty() ? "added" : "changed");
                }
            }
            entries.fieldNames()
                    .forEachRemaining(
                            name -> {
                                if (!names.contains(name)) {
                                    throw broken(name, "missing");
                                }
                            });
            return manifest;
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, path + ": " + e, e);
        }
    }

    private static AuditException broken(String entry, String value) {
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE, entry, value, "the archive its manifest describes");
    }
}
