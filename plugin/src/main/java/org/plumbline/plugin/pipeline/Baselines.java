package org.plumbline.plugin.pipeline;

import java.util.Map;
import java.util.Optional;

/** Where a version's baselines outlive the process. Used on the audit thread. */
public interface Baselines {
    /** Returns the baseline frozen before, if there is one. */
    Optional<FrozenBaseline> find(DriftKey key);

    /** Keeps baselines frozen just now; a failure is logged, the audit goes on. */
    void keep(Map<DriftKey, FrozenBaseline> frozen);
}
