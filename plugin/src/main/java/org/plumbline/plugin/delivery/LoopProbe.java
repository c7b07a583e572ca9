package org.plumbline.plugin.delivery;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.probe.ProbeReport;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.core.probe.SafetyProbe;
import org.plumbline.core.torchscript.Archive;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Tries archives with a loop of unstated length in a child process, once for each program. A repair
 * changes weights, not the program, so what repairs an archive that passed is not tried again.
 * Thread-safe.
 */
final class LoopProbe {
    private static final Logger LOG = LoggerFactory.getLogger(LoopProbe.class);

    /** Where tensors of {@code data.pkl} keep their numbers, which a repair may change. */
    private static final String WEIGHTS = "data/";

    /** What is never part of the program: a repair's manifest among it. */
    private static final String EXTRA = "extra/";

    private final Trial trial;
    private volatile @Nullable Passed passed;

    LoopProbe() {
        this(SafetyProbe::run);
    }

    LoopProbe(Trial trial) {
        this.trial = trial;
    }

    /**
     * Returns once the archive may run in this process.
     *
     * @throws AuditException {@code BAD_ARCHIVE} and the limit it exceeds; others as {@link
     *     SafetyProbe#run}
     */
    void requireEnding(Path archive, ProbeRequest request) {
        Optional<Passed> untried = untried(archive, request);
        if (untried.isEmpty()) {
            return;
        }
        ProbeReport report = trial.run(archive, request);
        passed = untried.get();
        LOG.info(
                "{}: probe passed: outputs {}, {} ms, {} MiB",
                archive,
                report.output(),
                report.time().toMillis(),
                report.memoryBytes() >> 20);
    }

    private Optional<Passed> untried(Path archive, ProbeRequest request) {
        try (Archive checked = Archive.open(archive)) {
            if (checked.unboundedLoop().isEmpty()) {
                return Optional.empty();
            }
            Passed fresh = new Passed(program(checked), request);
            return fresh.equals(passed) ? Optional.empty() : Optional.of(fresh);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    /** Returns the digest of the code, its constants and all that is not a number of a tensor. */
    private static Digest program(Archive archive) throws IOException {
        MessageDigest all = Digest.sha256();
        for (String name : new TreeSet<>(archive.entries())) {
            if (!name.startsWith(WEIGHTS) && !name.startsWith(EXTRA)) {
                all.update(name.getBytes(StandardCharsets.UTF_8));
                byte[] content = archive.read(name, Integer.MAX_VALUE).orElseThrow();
                all.update(Digest.sha256().digest(content));
            }
        }
        return Digest.from(all.digest());
    }

    /** A run in a child process. */
    @FunctionalInterface
    interface Trial {
        ProbeReport run(Path archive, ProbeRequest request);
    }

    /**
     * What passed last. Immutable.
     *
     * @param program digest of the archive without its weights
     */
    private record Passed(Digest program, ProbeRequest request) {}
}
