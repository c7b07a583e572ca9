package org.plumbline.plugin.fairwashing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.fairwashing.VerdictLatch;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.plugin.store.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last result of each version and its pictures, on disk, so that a restart goes on from them;
 * the {@value #VERSIONS} latest versions stay. Immutable.
 *
 * @param folder of one model
 */
record ResultFolder(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(ResultFolder.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSIONS = 16;
    private static final String PICTURE = ".png";

    /** What is kept of a version. Immutable. */
    record Kept(VerdictLatch.State latch, ExaminedWindow last) {}

    /** Returns what was kept of a version; a file that cannot be read is logged. */
    Optional<Kept> read(Digest version) {
        Path file = file(version);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode tree = JSON.readTree(Files.readString(file));
            if (!tree.path("archive_sha256").asText().equals(version.hex())) {
                throw new IllegalArgumentException("kept for another archive");
            }
            ExaminedWindow last = ExaminedWindow.read(tree.path("window"));
            return Optional.of(
                    new Kept(
                            new VerdictLatch.State(
                                    tree.path("suspect").asBoolean(), tree.path("towards").asInt()),
                            last.with(
                                    last.pictures().stream()
                                            .filter(m -> Files.exists(picture(version, m)))
                                            .toList())));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            LOG.warn("{}: unreadable, the watch starts anew: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /**
     * Keeps a result and its pictures in place of those before; what cannot be written is logged.
     */
    void write(Digest version, Kept kept, Map<ExplanationMethod, byte[]> pictures) {
        try {
            for (ExplanationMethod method : ExplanationMethod.values()) {
                byte[] png = pictures.get(method);
                if (png == null) {
                    Files.deleteIfExists(picture(version, method));
                } else {
                    WholeFile.write(picture(version, method), png);
                }
            }
            ObjectNode tree = JSON.createObjectNode();
            tree.put("archive_sha256", version.hex())
                    .put("suspect", kept.latch().suspect())
                    .put("towards", kept.latch().towards());
            kept.last().write(tree.putObject("window"));
            WholeFile.write(file(version), tree.toPrettyString());
            sweep();
        } catch (IOException e) {
            LOG.warn("{}: not kept, a restart starts anew: {}", folder, e.toString());
        }
    }

    /** Returns a picture of the last result. */
    Optional<byte[]> read(Digest version, ExplanationMethod method) {
        Path file = picture(version, method);
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        } catch (IOException e) {
            LOG.warn("{}: unreadable: {}", file, e.toString());
            return Optional.empty();
        }
    }

    /** Removes the pictures of all versions; what cannot be removed is logged. */
    void removePictures() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path picture : files.filter(f -> f.toString().endsWith(PICTURE)).toList()) {
                Files.deleteIfExists(picture);
            }
        } catch (IOException e) {
            LOG.warn("{}: pictures stay behind: {}", folder, e.toString());
        }
    }

    private Path file(Digest version) {
        return folder.resolve(version.brief() + ".json");
    }

    private Path picture(Digest version, ExplanationMethod method) {
        return folder.resolve(version.brief() + "-" + method.label() + PICTURE);
    }

    private void sweep() throws IOException {
        List<Path> old;
        try (Stream<Path> files = Files.list(folder)) {
            old =
                    files.filter(f -> f.toString().endsWith(".json"))
                            .sorted(Comparator.comparing(ResultFolder::written).reversed())
                            .skip(VERSIONS)
                            .toList();
        }
        for (Path file : old) {
            String version = file.getFileName().toString().replace(".json", "");
            for (ExplanationMethod method : ExplanationMethod.values()) {
                Files.deleteIfExists(folder.resolve(version + "-" + method.label() + PICTURE));
            }
            Files.delete(file);
        }
    }

    private static Instant written(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH; // gone meanwhile
        }
    }
}
