package org.plumbline.plugin.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.config.FairwashingSpec.Hysteresis;
import org.plumbline.plugin.config.FairwashingSpec.Reference;
import org.plumbline.plugin.config.FairwashingSpec.Tangent;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.WatchPhase;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

class WatchesTest {
    private static final FairwashingSpec SPEC =
            new FairwashingSpec(
                    1,
                    100,
                    1,
                    Set.of(),
                    Tangent.STANDARD,
                    Optional.empty(),
                    Reference.PREVIOUS,
                    0.01,
                    Hysteresis.STANDARD,
                    0);

    @TempDir Path folder;

    /** An error without a heap to describe it in; the next look finds the model again. */
    @Test
    void aWatchThatCannotTellItsFailureStopsVisiblyAndTheOthersGoOn() {
        try (AuditMeters meters = AuditMeters.standalone("1");
                Watches watches = new Watches(meters, () -> Instant.EPOCH)) {
            FakeVersions lost = new FakeVersions(folder, Digest.of(new byte[] {1}));
            lost.beforeLooking =
                    () -> {
                        throw new Speechless();
                    };
            watches.open(key("lost"), SPEC, lost);
            watches.open(key("found"), SPEC, new FakeVersions(folder, Digest.of(new byte[] {2})));
            Eventually.that("stopped", () -> phase(watches, "lost") == WatchPhase.STOPPED);
            Eventually.that("collects", () -> phase(watches, "found") == WatchPhase.COLLECTING);
            assertThat(watches.of(key("lost")).orElseThrow().state().reason()).isNotEmpty();
        }
    }

    private static WatchPhase phase(Watches watches, String name) {
        return watches.of(key(name)).orElseThrow().state().phase();
    }

    private static ModelKey key(String name) {
        return new ModelKey(name, Optional.empty());
    }

    private static final class Speechless extends Error {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new OutOfMemoryError();
        }
    }
}
