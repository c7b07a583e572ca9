package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Schedule;
import org.plumbline.worker.training.TrainingSettings;

import java.util.Map;
import java.util.OptionalInt;

class CorrectionTest {

    @Test
    void thePublishedScheduleIsTheDefault() {
        RrClarc rr = (RrClarc) Correction.of("rr-clarc", Map.of());

        assertThat(rr.training().loop()).isEqualTo(LoopSettings.of(Length.epochs(10), 64, 0));
        assertThat(rr.training().optimizer())
                .isEqualTo(new OptimizerSettings(new UpdateRule.Sgd(0.9, 0, false), 1e-4, 100));
        assertThat(rr.criterion()).isEqualTo(Criterion.ALL_LOGITS_RANDOM);
        assertThat(rr.aggregation()).isEqualTo(Aggregation.L2_MEAN);
        assertThat(rr.parameters())
                .containsEntry("lambda", "1000.0")
                .containsEntry("cav", "signal");
    }

    @Test
    void givenValuesReplaceDefaults() {
        RrClarc rr =
                (RrClarc)
                        Correction.of(
                                "rr-clarc",
                                Map.of(
                                        "lambda", "5",
                                        "criterion", "target_logit",
                                        "aggregation", "cosine",
                                        "optimizer", "adam",
                                        "cache", "false",
                                        "cav", "mean-difference",
                                        "pooling", "mean",
                                        "seed", "-3"));

        assertThat(rr.lambda()).isEqualTo(5);
        assertThat(rr.criterion()).isEqualTo(Criterion.TARGET_LOGIT);
        assertThat(rr.aggregation()).isEqualTo(Aggregation.COSINE);
        assertThat(rr.training().optimizer())
                .isEqualTo(
                        new OptimizerSettings(new UpdateRule.Adam(0.9, 0.999, 1e-7, 0), 1e-4, 100));
        assertThat(rr.cache()).isFalse();
        assertThat(rr.cav()).isEqualTo(CavKind.MEAN_DIFFERENCE);
        assertThat(rr.pooling()).isEqualTo(Pooling.MEAN);
        assertThatThrownBy(() -> Correction.of("rr-clarc", Map.of("cav", "pca", "pooling", "none")))
                .hasMessageContaining("cav: pca (expected: signal, svm, ridge")
                .hasMessageContaining("pooling: none (expected: max or mean)");
        assertThat(rr.training().loop().seed()).isEqualTo(-3);
        Vanilla vanilla = (Vanilla) Correction.of("vanilla", Map.of("trainable", "head"));
        assertThat(vanilla.start().scope()).isEqualTo(Scope.HEAD);
        assertThat(vanilla.method()).isEqualTo("vanilla");
    }

    @Test
    void everyProblemIsNamedAtOnce() {
        assertThatThrownBy(
                        () ->
                                Correction.of(
                                        "rr-clarc",
                                        Map.of(
                                                "lambda", "-1",
                                                "epochs", "0",
                                                "batch_size", "many",
                                                "criterion", "allrand",
                                                "cache", "yes",
                                                "seed", "x",
                                                "learning_rate", "NaN",
                                                "lamda", "3")))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("lambda: -1 (expected: >= 0)")
                .hasMessageContaining("epochs: 0 (expected: 1 to 100000)")
                .hasMessageContaining("batch_size: many")
                .hasMessageContaining("criterion: allrand (expected: max_logit, target_logit,")
                .hasMessageContaining("cache: yes (expected: true or false)")
                .hasMessageContaining("seed: x")
                .hasMessageContaining("learning_rate: NaN")
                .hasMessageContaining("lamda: 3 (expected: one of ");
    }

    @Test
    void anUnknownMethodNamesTheKnownOnes() {
        assertThatThrownBy(() -> Correction.of("magic", Map.of()))
                .hasMessageStartingWith("method: magic (expected: one of a-clarc, ")
                .hasMessageContaining("rr-clarc")
                .hasMessageContaining("vanilla");
    }

    @Test
    void everyProblemOfAnEnsembleIsNamedAtOnce() {
        assertThatThrownBy(
                        () ->
                                Correction.of(
                                        "disent-be",
                                        Map.of(
                                                "q", "0",
                                                "ema", "1",
                                                "detectors", "3",
                                                "detector_agreement", "4",
                                                "detector_threshold", "1",
                                                "start", "warm",
                                                "feature_layer", "no layer",
                                                "lambda_swap", "-1",
                                                "steps", "-5")))
                .hasMessageStartingWith("disent-be: ")
                .hasMessageContaining("q: 0 (expected: in (0, 1])")
                .hasMessageContaining("ema: 1 (expected: in [0, 1))")
                .hasMessageContaining("detector_agreement: 4 (expected: 1 to 3)")
                .hasMessageContaining("detector_threshold: 1 (expected: in [0, 1))")
                .hasMessageContaining("start: warm (expected: fresh, deployed)")
                .hasMessageContaining("no layer")
                .hasMessageContaining("lambda_swap: -1 (expected: >= 0)")
                .hasMessageContaining("steps: -5 (expected: 0 to 100000000)");
    }

    @Test
    void everyPermittedCorrectionHasItsMethod() {
        assertThat(Method.ALL.values().stream().map(m -> (Object) m.type()).distinct())
                .containsExactlyInAnyOrder((Object[]) Correction.class.getPermittedSubclasses());
        Method.ALL.forEach(
                (name, method) ->
                        assertThat(Correction.of(name, Map.of()).method()).isEqualTo(name));
    }

    @Test
    void endTrainsAsPublishedByDefault() {
        End end = (End) Correction.of("end", Map.of());
        assertThat(end.training())
                .isEqualTo(
                        new TrainingSettings(
                                new LoopSettings(
                                        Length.epochs(80),
                                        256,
                                        false,
                                        new Schedule.Stepped(Schedule.Unit.EPOCHS, 20, 0.1),
                                        0),
                                new OptimizerSettings(
                                        new UpdateRule.Adam(0.9, 0.999, 1e-8, 1e-4),
                                        1e-3,
                                        Double.POSITIVE_INFINITY)));
        assertThat(end.publishedPairMask()).isFalse();
    }

    @Test
    void classWeightsAreInverseFrequencies() {
        long[] labels = {0, 0, 0, 2};
        assertThat(ClassWeights.inverseFrequency(labels, 4).toArray())
                .containsExactly(1f, 0f, 3f, 0f);
        assertThat(ClassWeights.equal(2).toArray()).containsExactly(1f, 1f);
    }

    @Test
    void signsFollowTheCriterion() {
        long[] labels = {2, 0};
        OptionalInt any = OptionalInt.empty();
        assertThat(Criterion.TARGET_LOGIT.signs(labels, 3, any, 3, 0))
                .containsExactly(0, 0, 1, 1, 0, 0);
        assertThat(Criterion.TARGET_LOGIT.signs(labels, 3, OptionalInt.of(1), 3, 0))
                .containsExactly(0, 1, 0, 0, 1, 0);
        assertThat(Criterion.ALL_LOGITS.signs(labels, 3, any, 3, 0)).containsOnly(1f);
        float[] random = Criterion.ALL_LOGITS_RANDOM.signs(new long[99], 3, any, 3, 4);
        assertThat(random).containsOnly(1f, -1f);
        assertThat(Criterion.ALL_LOGITS_RANDOM.signs(new long[99], 3, any, 3, 4)).isEqualTo(random);
        assertThat(Criterion.ALL_LOGITS_RANDOM.signs(new long[99], 3, any, 3, 5))
                .isNotEqualTo(random);
    }
}
