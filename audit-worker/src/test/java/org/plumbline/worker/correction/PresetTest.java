package org.plumbline.worker.correction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.core.torchscript.Initialiser.Convolutions;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Schedule;
import org.plumbline.worker.training.TrainingSettings;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** Values are those of the publications' tables. */
class PresetTest {

    static SortedSet<String> names() {
        return Preset.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyPresetIsAValidRequestAndSaysWhereItIsFrom(String name) {
        Preset preset = Preset.of(name);
        Correction correction = Correction.of(preset.method(), Map.of(Preset.PARAMETER, name));

        assertThat(correction.method()).isEqualTo(preset.method());
        assertThat(correction.parameters().keySet()).containsAll(preset.parameters().keySet());
        assertThat(preset.parameters()).isNotEmpty();
        assertThat(preset.source()).isNotBlank();
    }

    /** The table of DisEnt with BiasEnsemble. */
    @ParameterizedTest
    @CsvSource({
        "disent-be-cmnist, 256, 0.01, 1, 10, 10, 0.5, UNIFORM, FRESH",
        "disent-be-bffhq, 64, 0.0001, 0.1, 2, 2, 0.1, KAIMING_NORMAL, FRESH",
        "disent-be-dogs-and-cats, 64, 0.0001, 1, 1, 1, 0.1, KAIMING_NORMAL, FRESH",
        "disent-be-bar, 64, 0.00001, 1, 1, 1, 0.1, UNIFORM, DEPLOYED",
        "disent-cifar10c-0.5, 256, 0.0005, 1, 1, 1, 0.5, KAIMING_NORMAL, FRESH",
        "disent-cifar10c-1, 256, 0.001, 1, 5, 5, 0.5, KAIMING_NORMAL, FRESH",
        "disent-cifar10c-2, 256, 0.001, 1, 5, 5, 0.5, KAIMING_NORMAL, FRESH",
        "disent-cifar10c-5, 256, 0.001, 1, 1, 1, 0.5, KAIMING_NORMAL, FRESH"
    })
    void disEntHasThePublishedWeights(
            String name,
            int batch,
            double rate,
            double swap,
            double dis,
            double swapAlign,
            double gamma,
            Convolutions convolutions,
            Origin start) {
        DisEnt disent = (DisEnt) Correction.of(Preset.of(name).method(), Map.of("preset", name));

        assertThat(disent.training().loop().batchSize()).isEqualTo(batch);
        assertThat(disent.training().loop().length()).isEqualTo(Length.steps(50_000));
        assertThat(disent.training().loop().dropLast()).isTrue();
        assertThat(disent.training().optimizer().rate()).isEqualTo(rate);
        assertThat(disent.disentangling().lambdaSwap()).isEqualTo(swap);
        assertThat(disent.disentangling().lambdaDis()).isEqualTo(dis);
        assertThat(disent.disentangling().lambdaSwapAlign()).isEqualTo(swapAlign);
        assertThat(disent.disentangling().currStep()).isEqualTo(10_000);
        assertThat(disent.disentangling().gamma()).isEqualTo(gamma);
        assertThat(disent.reweighting().difficulty().biasedGuard()).isZero();
        assertThat(disent.reweighting().convolutions()).isEqualTo(convolutions);
        assertThat(disent.reweighting().start()).isEqualTo(start);
        assertThat(disent.reweighting().biasedStart()).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource({
        "lff-cmnist, 23500, 256, 0.001, false, 0",
        "lff-be-cmnist, 50000, 256, 0.01, true, 1e-8",
        "lff-be-bffhq, 50000, 64, 0.0001, true, 1e-8",
        "lff-be-dogs-and-cats, 50000, 64, 0.0001, true, 1e-8",
        "lff-be-bar, 50000, 64, 0.00001, true, 1e-8"
    })
    void learningFromFailureHasThePublishedLengthAndRate(
            String name, int steps, int batch, double rate, boolean ensemble, double guard) {
        Lff lff = (Lff) Correction.of(Preset.of(name).method(), Map.of("preset", name));

        assertThat(lff.training().loop().length()).isEqualTo(Length.steps(steps));
        assertThat(lff.training().loop().batchSize()).isEqualTo(batch);
        assertThat(lff.training().loop().dropLast()).isEqualTo(ensemble);
        assertThat(lff.training().optimizer().rate()).isEqualTo(rate);
        assertThat(lff.reweighting().detectors().isPresent()).isEqualTo(ensemble);
        assertThat(lff.reweighting().difficulty().biasedGuard()).isEqualTo(guard);
        assertThat(lff.reweighting().difficulty().debiasedGuard()).isZero();
    }

    /** The table of training settings of rrclarc, for each of its four methods. */
    @ParameterizedTest
    @CsvSource({
        "isic, 10, 0.0001, 100, false",
        "isic-efficientnet, 10, 0.0001, 100, true",
        "imagenet, 10, 0.0001, 1000, false",
        "imagenet-efficientnet, 10, 0.0001, 1000, true",
        "celeba, 1, 0.0001, 100, false",
        "celeba-resnet18, 1, 0.00002, 100, false",
        "celeba-efficientnet, 1, 0.0001, 100, true"
    })
    void clarcHasThePublishedTraining(
            String data, int epochs, double rate, double clip, boolean adam) {
        for (String method : List.of("a-clarc", "p-clarc", "rr-clarc", "rrr")) {
            TrainingSettings training =
                    Correction.of(method, Map.of("preset", method + "-" + data)).training();

            assertThat(training.loop().length()).as(method).isEqualTo(Length.epochs(epochs));
            assertThat(training.loop().batchSize()).isEqualTo(64);
            assertThat(training.loop().seed()).isZero();
            assertThat(training.optimizer())
                    .isEqualTo(
                            new OptimizerSettings(
                                    adam
                                            ? new UpdateRule.Adam(0.9, 0.999, 1e-7, 0)
                                            : new UpdateRule.Sgd(0.9, 0, false),
                                    rate,
                                    clip));
        }
    }

    @Test
    void endTrainsTheWholeNetworkFromScratchAsPublished() {
        End end = (End) Correction.of("end", Map.of("preset", "end-biased-mnist"));

        assertThat(end.start())
                .isEqualTo(new Start(Scope.ALL, Origin.FRESH, Convolutions.KAIMING_NORMAL));
        assertThat(end.publishedPairMask()).isTrue();
        assertThat(end.training().loop())
                .isEqualTo(
                        new LoopSettings(
                                Length.epochs(80),
                                256,
                                false,
                                new Schedule.Stepped(Schedule.Unit.EPOCHS, 20, 0.1),
                                42));
        assertThat(end.training().optimizer())
                .isEqualTo(
                        new OptimizerSettings(
                                new UpdateRule.Adam(0.9, 0.999, 1e-8, 1e-4),
                                1e-3,
                                Double.POSITIVE_INFINITY));
    }

    @Test
    void givenParametersWin() {
        Lff lff = (Lff) Correction.of("lff-be", Map.of("preset", "lff-be-cmnist", "steps", "12"));

        assertThat(lff.training().loop().length()).isEqualTo(Length.steps(12));
        assertThat(lff.training().optimizer().rate()).isEqualTo(0.01);
        assertThat(lff.parameters()).doesNotContainKey("preset");
    }

    @Test
    void unknownPresetsAndThoseOfOtherMethodsAreRefused() {
        assertThatThrownBy(() -> Correction.of("lff", Map.of("preset", "lff-mnist")))
                .hasMessageStartingWith("preset: lff-mnist (expected: one of ")
                .hasMessageContaining("lff-be-cmnist");
        assertThatThrownBy(() -> Correction.of("lff", Map.of("preset", "lff-be-cmnist")))
                .hasMessage(
                        "preset: lff-be-cmnist (expected: a preset of lff; this one is of lff-be)");
    }
}
