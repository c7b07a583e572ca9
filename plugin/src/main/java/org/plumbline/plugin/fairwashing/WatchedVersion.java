package org.plumbline.plugin.fairwashing;

import org.plumbline.core.fairwashing.VerdictLatch;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.plugin.config.FairwashingSpec.Hysteresis;
import org.plumbline.plugin.fairwashing.ResultFolder.Kept;
import org.plumbline.plugin.fairwashing.WindowExamination.Findings;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.metrics.WatchPhase;
import org.plumbline.plugin.metrics.WindowOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The version that serves and what its windows said. Added to by one thread; what was found may be
 * read by any.
 */
record WatchedVersion(
        ServedId id, Digest digest, VersionRecord found, ResultFolder results, VerdictLatch latch) {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedVersion.class);

    /** Goes on from what was kept of a version. */
    static WatchedVersion of(
            Served serves,
            Hysteresis hysteresis,
            ResultFolder results,
            Supplier<WatchPhase> phase) {
        Optional<Kept> kept = results.read(serves.digest());
        VerdictLatch.State state = kept.map(Kept::latch).orElse(new VerdictLatch.State(false, 0));
        return new WatchedVersion(
                serves.id(),
                serves.digest(),
                new VersionRecord(kept, phase),
                results,
                hysteresis.latch(state));
    }

    boolean serves(Served current) {
        return current.digest().equals(digest);
    }

    /** Judges a window that has been examined; false if too few of its inputs had usable maps. */
    boolean judge(InputWindow full, WindowExamination done, ExaminedWindow.Kept noted) {
        Findings findings = done.findings();
        if (findings.verdict().tested().isEmpty()) {
            found.count(WindowOutcome.UNTESTED);
            return false;
        }
        Map<ExplanationMethod, byte[]> pictures = draw(findings, noted.examples());
        List<ExplanationMethod> drawn = List.copyOf(pictures.keySet());
        add(ExaminedWindow.of(full, findings, done.leftOut(), drawn, noted), pictures);
        return true;
    }

    private Map<ExplanationMethod, byte[]> draw(Findings findings, int examples) {
        try {
            return new ExamplePictures(id, examples).draw(findings);
        } catch (RuntimeException e) {
            LOG.warn("{}: examples are not drawn: {}", id, e.toString());
            return Map.of();
        }
    }

    /** On disk first: pictures are asked for as soon as they are told of. */
    private void add(ExaminedWindow last, Map<ExplanationMethod, byte[]> pictures) {
        boolean changed = latch.update(last.verdict());
        Kept kept = new Kept(latch.state(), last);
        results.write(digest, kept, pictures);
        found.keep(kept);
        found.count(last.verdict().suspect() ? WindowOutcome.SUSPECT : WindowOutcome.CLEAN);
        tell(last, changed);
    }

    private void tell(ExaminedWindow last, boolean changed) {
        List<String> spoke = last.verdict().spoke().stream().map(t -> t.signal().label()).toList();
        if (changed && latch.suspect()) {
            LOG.warn("{}: explanations look manipulated: {}", id, spoke);
        } else if (changed) {
            LOG.info("{}: explanations look honest again", id);
        } else {
            LOG.debug("{}: window {}: {}", id, last.verdict().label(), spoke);
        }
    }

    /** Returns a picture of the last window; none of those before. */
    Optional<byte[]> picture(ExplanationMethod method) {
        return found.last()
                .filter(last -> last.pictures().contains(method))
                .flatMap(last -> results.read(digest, method));
    }
}
