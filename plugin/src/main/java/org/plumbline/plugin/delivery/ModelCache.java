package org.plumbline.plugin.delivery;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * What is kept on disk for one model: instrumented copies, uploaded concepts and their fits,
 * delivered archives. Files appear only when complete. Immutable.
 *
 * @param folder of this model alone
 */
public record ModelCache(Path folder) {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
    private static final Duration LEFT_BEHIND = Duration.ofHours(1);

    /** Returns the cache of a model below the cache directory, made where it is missing. */
    public static ModelCache open(Path cacheDirectory, ModelKey key) {
        String readable = key.name().replaceAll("[^A-Za-z0-9._-]", "_");
        String unique = Digest.of(key.toString().getBytes(StandardCharsets.UTF_8)).brief();
        ModelCache cache = new ModelCache(cacheDirectory.resolve(readable + "-" + unique));
        try {
            Files.createDirectories(cache.work());
            cache.sweep();
            return cache;
        } catch (IOException e) {
            throw full("cache: " + cache.folder(), e);
        }
    }

    /** Removes copies that a process left when it was killed; what still runs has read its own. */
    private void sweep() {
        Instant old = Instant.now().minus(LEFT_BEHIND);
        try (Stream<Path> folders = Files.list(work())) {
            for (Path each : folders.toList()) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(old)) {
                    remove(each);
                }
            }
        } catch (IOException e) {
            LOG.warn("{}: copies left behind may stay: {}", work(), e.toString());
        }
    }

    /** Returns a fresh folder for an instrumented copy. */
    public Path workFolder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(work()), "tap-");
        } catch (IOException e) {
            throw full("cache: " + folder, e);
        }
    }

    /** Removes such a folder and what it holds; what cannot be removed is logged. */
    void remove(Path work) {
        try (Stream<Path> files = Files.list(work)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(work);
        } catch (IOException e) {
            LOG.warn("{}: stays behind: {}", work, e.toString());
        }
    }

    private Path work() {
        return folder.resolve("work");
    }

    /** Returns the folder of delivered archives. */
    public Path deliveries() {
        return folder.resolve("deliveries");
    }

    /** Returns where the delivered archive of a digest lies. */
    public Path delivered(Digest digest) {
        return deliveries().resolve(digest.hex() + ".pt");
    }

    /** Returns the folder of baselines. */
    Path baselines() {
        return folder.resolve("baselines");
    }

    /** Returns the folder of uploaded concepts. */
    public Path concepts() {
        return folder.resolve("concepts");
    }

    /** Returns the journal of fits. */
    public Path fits() {
        return folder.resolve("fits.jsonl");
    }

    private static AuditException full(String what, IOException cause) {
        return new AuditException(
                ErrorCode.RESOURCE_EXHAUSTED, what + ": cannot be written: " + cause, cause);
    }
}
