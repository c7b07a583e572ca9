package org.plumbline.plugin.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.plugin.fairwashing.HonestChoice.Calibrated;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which examples and which honest models stand beside a version. */
class ExampleTest {
    private static final Signal METHODS = new Signal(Detector.METHODS, ExplanationMethod.GRADIENT);
    private static final Signal REMOVAL = new Signal(Detector.REMOVAL, ExplanationMethod.GRADIENT);
    private static final long[] CLASSES = {7, 8, 9, 6};
    private static final DenseVector VALUES =
            DenseVector.copyOf(new float[] {0.2f, 0.9f, Float.NaN, 0.5f});

    @Test
    void theLoudestLieOnTheSideOnWhichTheSignalDeviates() {
        assertThat(samples(tested(REMOVAL, 0.6))).containsExactly(1, 3);
        assertThat(samples(tested(REMOVAL, 0.0))).containsExactly(1, 3);
        assertThat(samples(tested(METHODS, 0.6))).containsExactly(1, 3);
        assertThat(samples(tested(METHODS, 0.0))).containsExactly(0, 3);
        Example loudest = examples(tested(METHODS, 0.0)).get(0);
        assertThat(loudest.predicted()).isEqualTo(7);
        assertThat(loudest.value()).isEqualTo(0.2f);
    }

    @Test
    void picturesAreOfWhatSpokeElseOfWhatCameNearest() {
        Tested loud = new Tested(METHODS, 0.6, 0.1, 0.1, 1e-5, 1e-4, 20);
        Tested quiet = new Tested(REMOVAL, 0.6, 0.1, 0.1, 0.2, 0.4, 20);
        FairwashingVerdict verdict = new FairwashingVerdict(List.of(quiet, loud), 0.01);
        assertThat(Example.telling(verdict, ExplanationMethod.GRADIENT)).containsExactly(loud);
        assertThat(Example.telling(verdict, ExplanationMethod.LRP)).isEmpty();
        FairwashingVerdict clean = new FairwashingVerdict(List.of(quiet), 0.01);
        assertThat(Example.telling(clean, ExplanationMethod.GRADIENT)).containsExactly(quiet);
    }

    @Test
    void twinsCountForTheArchiveTheyWereCalibratedForAndElseTheMarginsDoAlone() {
        Digest own = Digest.of("own".getBytes(StandardCharsets.UTF_8));
        Digest other = Digest.of("other".getBytes(StandardCharsets.UTF_8));
        HonestModels twins =
                new HonestModels(
                        Source.TWINS,
                        100,
                        Map.of(METHODS, List.of(new Moments(1, 1, 20), new Moments(2, 1, 20))));
        Optional<Calibrated> file =
                Optional.of(
                        new Calibrated(
                                "null.json",
                                new NullFile(own.hex(), "", List.of(), twins, Optional.empty()),
                                Optional.empty()));
        HonestChoice beside = HonestChoice.of(own, file, Optional.empty());
        assertThat(beside.honest()).isEqualTo(twins);
        assertThat(beside.detail()).isEqualTo("2 honest models of null.json");
        HonestChoice alone = HonestChoice.of(other, file, Optional.empty());
        assertThat(alone.honest().source()).isEqualTo(Source.POPULATION);
        assertThat(alone.detail()).endsWith("; null.json was calibrated for another archive");
    }

    private static List<Integer> samples(Tested tested) {
        return examples(tested).stream().map(Example::sample).toList();
    }

    private static List<Example> examples(Tested tested) {
        return Example.of(tested, List.of(new SignalReading(tested.signal(), VALUES)), CLASSES, 2);
    }

    private static Tested tested(Signal signal, double statistic) {
        return new Tested(signal, statistic, 0.3, 0.1, 0.5, 1, 4);
    }
}
