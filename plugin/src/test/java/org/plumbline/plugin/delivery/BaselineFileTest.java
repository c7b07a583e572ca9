package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.drift.Baseline;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.window.MeanEstimate;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.pipeline.Baselines;
import org.plumbline.plugin.pipeline.ConceptKey;
import org.plumbline.plugin.pipeline.FrozenBaseline;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

class BaselineFileTest {
    private static final ConceptId COLOUR = new ConceptId("colour");
    private static final ConceptId ADDED = new ConceptId("added");
    private static final FrozenBaseline FROZEN =
            new FrozenBaseline(
                    Instant.EPOCH,
                    new Baseline(new MeanEstimate(-1, 1, 100, 3, 25.5, 12.25), 0.01));

    @TempDir Path folder;

    @Test
    void baselinesOfOtherConceptsOutliveAChangeAndThoseOfOtherExamplesDoNotApply() {
        BaselineFile file = open(1);
        file.along(Map.of(COLOUR, digest(1))).keep(Map.of(key(COLOUR), FROZEN));
        Baselines grown = file.along(Map.of(COLOUR, digest(1), ADDED, digest(2)));
        assertThat(grown.find(key(COLOUR))).contains(FROZEN);
        assertThat(grown.find(key(ADDED))).isEmpty();
        grown.keep(Map.of(key(ADDED), FROZEN));
        Baselines again = open(1).along(Map.of(COLOUR, digest(9), ADDED, digest(2)));
        assertThat(again.find(key(COLOUR))).isEmpty();
        assertThat(again.find(key(ADDED))).contains(FROZEN);
        assertThat(open(2).along(Map.of(ADDED, digest(2))).find(key(ADDED))).isEmpty();
    }

    @Test
    void whatIsFrozenLateForReplacedExamplesDoesNotApplyToTheNewOnes() {
        BaselineFile file = open(1);
        Baselines before = file.along(Map.of(COLOUR, digest(1)));
        Baselines after = file.along(Map.of(COLOUR, digest(2)));
        before.keep(Map.of(key(COLOUR), FROZEN));
        assertThat(after.find(key(COLOUR))).isEmpty();
    }

    @Test
    void sensitivitiesAndPrevalencesOfAConceptAreKeptBesideEachOther() {
        FrozenBaseline share =
                new FrozenBaseline(
                        Instant.EPOCH, new Baseline(new MeanEstimate(0, 1, 80, 0, 20, 15), 0.02));
        ConceptKey prevalence = new ConceptKey(new ServedId("m", "v"), new LayerPath("l"), COLOUR);
        Map<ConceptId, Digest> contents = Map.of(COLOUR, digest(1));
        open(1).along(contents).keep(Map.of(key(COLOUR), FROZEN, prevalence, share));
        Baselines again = open(1).along(contents);
        assertThat(again.find(key(COLOUR))).contains(FROZEN);
        assertThat(again.find(prevalence)).contains(share);
        assertThat(open(1).along(Map.of(COLOUR, digest(9))).find(prevalence)).isEmpty();
    }

    private BaselineFile open(int archive) {
        return BaselineFile.open(
                new ModelCache(folder), new AuditBasis(digest(archive), digest(7)));
    }

    private static SeriesKey key(ConceptId concept) {
        return new SeriesKey(new ServedId("m", "v"), new LayerPath("l"), concept, 3);
    }

    private static Digest digest(int n) {
        return Digest.of(new byte[] {(byte) n});
    }
}
