package org.plumbline.plugin.delivery;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.ConceptSpec;
import org.plumbline.plugin.intercept.ServedId.ModelKey;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What is kept on disk for one model: instrumented copies, uploaded concepts, delivered archives.
 * Files appear only when complete. Immutable.
 *
 * @param folder of this model alone
 */
public record ModelCache(Path folder) {
    /** Returns the cache of a model below the cache directory, made where it is missing. */
    public static ModelCache open(Path cacheDirectory, ModelKey key) {
        String readable = key.name().replaceAll("[^A-Za-z0-9._-]", "_");
        String unique = Digest.of(key.toString().getBytes(StandardCharsets.UTF_8)).brief();
        ModelCache cache = new ModelCache(cacheDirectory.resolve(readable + "-" + unique));
        try {
            Files.createDirectories(cache.folder());
            return cache;
        } catch (IOException e) {
            throw full("cache: " + cache.folder(), e);
        }
    }

    /** Returns a fresh folder for an instrumented copy. */
    public Path workFolder() {
        try {
            Path work = Files.createDirectories(folder.resolve("work"));
            return Files.createTempDirectory(work, "tap-");
        } catch (IOException e) {
            throw full("cache: " + folder, e);
        }
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

    /** Keeps uploaded examples; they replace configured ones of the same name after a restart. */
    public void keep(ConceptExamples examples) {
        Path home = concept(examples.name());
        Path fresh = home.resolveSibling(home.getFileName() + ".new");
        try {
            Files.createDirectories(fresh);
            NpyFile.write(fresh.resolve("positives.npy"), examples.positives());
            NpyFile.write(fresh.resolve("negatives.npy"), examples.negatives());
            Files.createDirectories(home);
            for (String side : new String[] {"positives.npy", "negatives.npy"}) {
                Files.move(
                        fresh.resolve(side),
                        home.resolve(side),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.ATOMIC_MOVE);
            }
            Files.delete(fresh);
        } catch (IOException e) {
            throw full("concept: " + examples.name(), e);
        }
    }

    /** Returns uploaded examples of a concept, if there are any. */
    public Optional<ConceptExamples> kept(ConceptSpec spec) {
        Path positives = concept(spec.name()).resolve("positives.npy");
        Path negatives = concept(spec.name()).resolve("negatives.npy");
        if (!Files.isRegularFile(positives) || !Files.isRegularFile(negatives)) {
            return Optional.empty();
        }
        FloatTensor with = NpyFile.readFloats(positives);
        return Optional.of(
                new ConceptExamples(
                        spec.name(),
                        with,
                        NpyFile.readFloats(negatives),
                        spec.cav(),
                        spec.pooling()));
    }

    private Path concept(ConceptId name) {
        return folder.resolve("concepts").resolve(name.value());
    }

    private static AuditException full(String what, IOException cause) {
        return new AuditException(
                ErrorCode.RESOURCE_EXHAUSTED, what + ": cannot be written: " + cause, cause);
    }
}
