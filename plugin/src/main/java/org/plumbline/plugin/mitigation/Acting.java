package org.plumbline.plugin.mitigation;

import org.plumbline.core.model.Digest;

import java.util.List;
import java.util.Optional;

/**
 * The mitigations that are on for one generation of a version, and what answers. Immutable.
 *
 * @param generation of the version, negative if none is on
 * @param digest of its archive
 * @param mitigations the oldest first
 * @param module what answers; none if none is on
 */
record Acting(
        long generation,
        Optional<Digest> digest,
        List<Mitigation> mitigations,
        Optional<MitigatedModule> module) {
    static final Acting NONE = new Acting(-1, Optional.empty(), List.of(), Optional.empty());

    Acting {
        mitigations = List.copyOf(mitigations);
    }

    boolean isNone() {
        return mitigations.isEmpty();
    }

    boolean anyOver(long nanos) {
        for (Mitigation mitigation : mitigations) { // once a request: no stream
            if (mitigation.over(nanos)) {
                return true;
            }
        }
        return false;
    }

    /** Frees what answered; calls under way end first. */
    void close() {
        module.ifPresent(MitigatedModule::close);
    }
}
