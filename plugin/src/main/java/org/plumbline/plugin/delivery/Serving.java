package org.plumbline.plugin.delivery;

import org.jspecify.annotations.Nullable;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedSlot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;

/**
 * What serves, and what served before as long as it is kept to return to. {@link #live} and {@link
 * #slot} may be called by any thread, all else is confined to one at a time.
 */
final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    private final AuditConfig config;
    private final Publication publication;
    private final ServedSlot slot;
    private volatile Staged live;
    private @Nullable Staged previous;

    /** Serves a first version from now on. */
    Serving(AuditConfig config, Publication publication, Staged first) {
        this.config = config;
        this.publication = publication;
        live = first;
        slot = new ServedSlot(first.served());
        publication.open(first.served(), config, first.tests());
    }

    Staged live() {
        return live;
    }

    ServedSlot slot() {
        return slot;
    }

    /** Serves another version; the one before is kept to return to. */
    void promote(Staged next) {
        Staged old = exchange(next);
        letGoOfPrevious();
        previous = old;
    }

    /** Serves another version, or the same one along other concepts; the one before is freed. */
    void replace(Staged next) {
        exchange(next).served().release();
    }

    /** Returns the version before if it is that of a digest; it is the caller's. */
    Optional<Staged> takePrevious(Digest digest) {
        Optional<Staged> kept =
                Optional.ofNullable(previous).filter(p -> p.served().digest().equals(digest));
        if (kept.isPresent()) {
            previous = null;
        }
        return kept;
    }

    /** Frees the version before. */
    void letGoOfPrevious() {
        if (previous != null) {
            previous.served().release();
            previous = null;
        }
    }

    /** Ends the audit; calls under way end first. */
    void close() {
        letGoOfPrevious();
        publication.close(live.served().id());
        live.served().release();
    }

    private Staged exchange(Staged next) {
        Staged old = live;
        ServedId from = old.served().id();
        ServedId to = next.served().id();
        if (from.equals(to)) {
            publication.change(next.served(), config, next.tests());
        } else {
            publication.open(next.served(), config, next.tests());
        }
        slot.swap(next.served());
        live = next;
        if (!from.equals(to)) {
            publication.close(from);
            LOG.info("{}: serving {} in place of {}", to.model(), to.version(), from.version());
        }
        return old;
    }
}
