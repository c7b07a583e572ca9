package org.plumbline.plugin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.ConceptSnapshot;
import org.plumbline.core.window.ConceptWindow;
import org.plumbline.core.window.EffectSample;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.EffectTally;
import org.plumbline.core.window.PrevalenceWindow;
import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.config.Sampling;
import org.plumbline.plugin.intercept.SampleCounts;
import org.plumbline.plugin.intercept.SampleCounts.Outcome;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.pipeline.ConceptKey;
import org.plumbline.plugin.pipeline.PrevalenceEvidence;
import org.plumbline.plugin.pipeline.SeriesKey;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

class AuditMetersTest {
    private static final ServedId ID = new ServedId("m", "v1-abc");
    private static final SeriesKey KEY =
            new SeriesKey(ID, new LayerPath("l"), new ConceptId("c"), 3);

    private final AuditMeters meters = AuditMeters.standalone("1.2");
    private final SampleCounts counts = new SampleCounts();

    @Test
    void negativeSensitivitiesKeepTheirSign() {
        meters.source(() -> Map.of(KEY, snapshot(-0.25)));
        meters.appeared(KEY);
        assertThat(meters.scrape())
                .contains(
                        "plumbline_concept_sensitivity{class=\"3\",concept=\"c\",layer=\"l\","
                                + "model_name=\"m\",model_version=\"v1-abc\"} -0.25")
                .contains("plumbline_concept_sensitivity_abs{class=\"3\"")
                .contains("plumbline_tcav_samples_total{class=\"3\"");
    }

    @Test
    void effectsAreShownOnceAConceptWasRemoved() {
        meters.appeared(KEY);
        assertThat(meters.scrape()).containsPattern("plumbline_concept_effect\\{.*\\} NaN");
        EffectTally tally = new EffectTally(EffectSettings.standard(0.01));
        for (int i = 0; i < 400; i++) {
            tally.add(new EffectSample(-0.5, 0));
        }
        meters.effects(() -> Map.of(KEY, tally.snapshot()));
        assertThat(meters.scrape())
                .containsPattern("plumbline_concept_effect\\{class=\"3\".*\\} -0.5")
                .containsPattern("plumbline_concept_masked\\{class=\"3\".*\\} 1.0");
        meters.vanished(Set.of(KEY));
        assertThat(meters.scrape()).doesNotContain("plumbline_concept_");
    }

    @Test
    void aWatchIsShownBySignalAndGoesWithTheVersion() {
        Signal removal = new Signal(Detector.REMOVAL, ExplanationMethod.LRP);
        Numbers numbers = new Numbers();
        meters.serve(ID, AuditState.AUDITED, activity());
        meters.fairwashing(ID, numbers);
        assertThat(meters.scrape())
                .containsPattern("plumbline_fairwashing_suspect\\{.*} NaN")
                .containsPattern("plumbline_fairwashing_state\\{.*\"stopped\"} 1.0")
                .containsPattern("plumbline_fairwashing_state\\{.*\"collecting\"} 0.0")
                .containsPattern("plumbline_fairwashing_windows_total\\{.*\"failed\"} 4.0")
                .containsPattern("plumbline_fairwashing_seconds_total\\{.*} 1.5")
                .doesNotContain("plumbline_fairwashing_score");
        Tested tested = new Tested(removal, 0.5, 0.1, 0.03, 1e-4, 2e-4, 200);
        numbers.verdict = Optional.of(new FairwashingVerdict(List.of(tested), 0.01));
        meters.fairwashing(ID, numbers);
        assertThat(meters.scrape())
                .containsPattern("plumbline_fairwashing_suspect\\{.*} 1.0")
                .contains("plumbline_fairwashing_score{detector=\"removal\",method=\"lrp\",")
                .containsPattern("plumbline_fairwashing_p_value\\{detector=\"removal\".*} 2.0E-4");
        numbers.verdict = Optional.of(new FairwashingVerdict(List.of(), 0.01));
        assertThat(meters.scrape()).containsPattern("plumbline_fairwashing_score\\{.*} NaN");
        meters.remove(ID);
        assertThat(meters.scrape()).doesNotContain("plumbline_fairwashing");
    }

    private static final class Numbers implements FairwashingNumbers {
        private volatile Optional<FairwashingVerdict> verdict = Optional.empty();

        @Override
        public WatchPhase phase() {
            return WatchPhase.STOPPED;
        }

        @Override
        public Optional<FairwashingVerdict> verdict() {
            return verdict;
        }

        @Override
        public Optional<Boolean> suspect() {
            return verdict.map(FairwashingVerdict::suspect);
        }

        @Override
        public long windows(WindowOutcome outcome) {
            return outcome == WindowOutcome.FAILED ? 4 : 0;
        }

        @Override
        public double seconds() {
            return 1.5;
        }
    }

    @Test
    void prevalencesAreShownPerConceptAndGoWithTheVersion() {
        ConceptKey key = new ConceptKey(ID, new LayerPath("l"), new ConceptId("c"));
        meters.serve(ID, AuditState.AUDITED, activity());
        meters.concepts(ID, key.layer(), Map.of(key.concept(), poor()));
        assertThat(meters.scrape())
                .containsPattern("plumbline_concept_prevalence_ratio\\{.*\\} NaN")
                .containsPattern("plumbline_concept_samples_total\\{.*\\} 0.0");
        PrevalenceWindow window = new PrevalenceWindow(8);
        for (int i = 0; i < 8; i++) {
            window.add(i % 4 == 0);
        }
        PrevalenceEvidence evidence = new PrevalenceEvidence(window.snapshot(), Optional.empty());
        meters.prevalences(() -> Map.of(key, evidence));
        assertThat(meters.scrape())
                .contains(
                        "plumbline_concept_prevalence_ratio{concept=\"c\",layer=\"l\","
                                + "model_name=\"m\",model_version=\"v1-abc\"} 0.25")
                .containsPattern("plumbline_concept_prevalence_drift\\{.*\\} NaN")
                .containsPattern("plumbline_concept_present_samples_total\\{.*\\} 2.0")
                .containsPattern("plumbline_concept_samples_total\\{.*\\} 8.0");
        meters.remove(ID);
        assertThat(meters.scrape()).doesNotContain("plumbline_concept_");
    }

    @Test
    void otherConceptsReplaceThoseShownAndTheVersionStays() {
        LayerPath layer = new LayerPath("l");
        meters.serve(ID, AuditState.AUDITED, activity());
        meters.concepts(ID, layer, Map.of(new ConceptId("c"), poor()));
        meters.concepts(ID, layer, Map.of(new ConceptId("d"), poor()));
        assertThat(meters.scrape())
                .doesNotContain("concept=\"c\"")
                .contains("plumbline_concept_prevalence_ratio{concept=\"d\"")
                .contains("plumbline_concept_cav_poor{concept=\"d\"")
                .contains("state=\"audited\"} 1.0");
    }

    @Test
    void everySeriesOfAVersionGoesWithIt() {
        meters.source(() -> Map.of(KEY, snapshot(1)));
        counts.add(Outcome.AUDITED, 5);
        meters.serve(ID, AuditState.AUDITED, activity());
        meters.appeared(KEY);
        meters.delivered(ID, DeliveryOutcome.PROMOTED);
        assertThat(meters.scrape())
                .contains("outcome=\"audited\"} 5.0")
                .contains("plumbline_deliveries_total{model_name=\"m\"")
                .contains("state=\"audited\"} 1.0")
                .contains("state=\"misconfigured\"} 0.0");
        meters.remove(ID);
        meters.vanished(Set.of(KEY));
        assertThat(meters.scrape()).doesNotContain("v1-abc").contains("plumbline_build_info");
    }

    @Test
    void aPoorCavIsMarkedUntilItsVersionGoes() {
        meters.serve(ID, AuditState.AUDITED, activity());
        meters.concepts(ID, new LayerPath("l"), Map.of(new ConceptId("c"), poor()));
        assertThat(meters.scrape())
                .contains(
                        "plumbline_concept_cav_poor{concept=\"c\",layer=\"l\","
                                + "model_name=\"m\",model_version=\"v1-abc\"} 1.0")
                .contains("plumbline_concept_cav_auc_ratio{concept=\"c\"");
        meters.remove(ID);
        assertThat(meters.scrape()).doesNotContain("plumbline_concept_cav");
    }

    @Test
    void servingAnewReplacesTheState() {
        meters.serve(ID, AuditState.MISCONFIGURED, Optional.empty());
        meters.serve(ID, AuditState.AUDITED, activity());
        assertThat(meters.scrape())
                .contains("state=\"audited\"} 1.0")
                .contains("state=\"misconfigured\"} 0.0");
    }

    private Optional<AuditMeters.Activity> activity() {
        return Optional.of(new AuditMeters.Activity(counts, new Sampler(Sampling.ALL, 1)));
    }

    private static CavQuality poor() {
        FloatTensor activations = FloatTensor.of(new float[] {0, 1}, 2, 1);
        LabelledActivations pair = LabelledActivations.of(activations, new long[] {0, 1});
        return CavQuality.of(pair, CavKind.SIGNAL.fit(pair), QualityBounds.STANDARD);
    }

    private static ConceptSnapshot snapshot(double sensitivity) {
        ConceptWindow window =
                new ConceptWindow(
                        new WindowSettings(4, Optional.empty(), OptionalDouble.empty(), 0.01));
        window.add(new ConceptSample(sensitivity, Math.abs(sensitivity), 1, 1), Instant.EPOCH);
        return window.snapshot();
    }
}
