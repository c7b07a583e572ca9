package org.plumbline.worker.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Counts are those of the published data: 60,000 digits of MNIST in ten classes. */
class ColoursTest {
    private static final int[] MNIST = {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949};

    private static List<Integer> mnist() {
        List<Integer> labels = new ArrayList<>();
        for (int c = 0; c < MNIST.length; c++) {
            labels.addAll(Collections.nCopies(MNIST[c], c));
        }
        Collections.shuffle(labels, new Random(5));
        return labels;
    }

    private static long conflicts(List<Integer> labels, int[] colours) {
        return IntStream.range(0, colours.length).filter(i -> colours[i] != labels.get(i)).count();
    }

    @ParameterizedTest(name = "rho {0}")
    @CsvSource({"0.999, 63", "0.997, 184", "0.995, 305", "0.990, 606", "0.1, 54004", "1, 0"})
    void biasedMnistHasThePublishedNumberOfExceptions(double rho, long exceptions) {
        List<Integer> labels = mnist();
        assertThat(conflicts(labels, Colours.biased(labels, rho, 9, 1))).isEqualTo(exceptions);
    }

    @Test
    void atThreeNinesEveryDigitHasSixOrSevenExceptionsInAsManyColours() {
        List<Integer> labels = mnist();
        int[] colours = Colours.biased(labels, 0.999, 9, 3);
        for (int c = 0; c < Colours.COUNT; c++) {
            int own = c;
            int[] others =
                    IntStream.range(0, colours.length)
                            .filter(i -> labels.get(i) == own && colours[i] != own)
                            .map(i -> colours[i])
                            .toArray();
            assertThat(others.length).isBetween(6, 7);
            assertThat(Arrays.stream(others).distinct().count()).isEqualTo(others.length);
        }
    }

    @Test
    void fewerConfusingColoursAreTheNextOnes() {
        List<Integer> labels = mnist();
        int[] colours = Colours.biased(labels, 0.5, 2, 1);
        for (int i = 0; i < colours.length; i++) {
            assertThat((colours[i] - labels.get(i) + 10) % 10).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void theSeedDecidesWhichImages() {
        List<Integer> labels = mnist();
        assertThat(Colours.biased(labels, 0.9, 9, 1)).isEqualTo(Colours.biased(labels, 0.9, 9, 1));
        assertThat(Colours.biased(labels, 0.9, 9, 1))
                .isNotEqualTo(Colours.biased(labels, 0.9, 9, 2));
    }

    @ParameterizedTest(name = "{0} conflicting")
    @CsvSource({"0.05, 3000", "0.02, 1199", "0.01, 598", "0.005, 300"})
    void colouredMnistHasThePublishedNumberOfConflicts(double conflicting, long expected) {
        List<Integer> labels = mnist();
        assertThat(conflicts(labels, Colours.byMilestones(labels, conflicting)))
                .isEqualTo(expected);
    }

    @Test
    void milestonesFollowTheOrderOfTheData() {
        List<Integer> labels = Collections.nCopies(100, 3);
        int[] colours = Colours.byMilestones(labels, 0.18);
        assertThat(colours).isSorted();
        assertThat(colours[0]).isZero();
        assertThat(colours[99]).isEqualTo(9);
        assertThat(Arrays.stream(colours).filter(c -> c == 3).count()).isEqualTo(82);
    }

    @Test
    void sharesOutsideTheirRangeAreRefused() {
        assertThatThrownBy(() -> Colours.biased(List.of(0), 1.5, 9, 0))
                .hasMessage("rho, confusing: 1.5, 9 (expected: 0 to 1, and 1 to 9)");
        assertThatThrownBy(() -> Colours.byMilestones(List.of(0), Double.NaN))
                .hasMessage("conflicting: NaN (expected: 0 to 1)");
    }

    @Test
    void theBackgroundTakesTheColourAndEverythingElseBecomesWhite() {
        Picture grey = Picture.of(1, 2, 2, (byte) 0, (byte) 1, (byte) 200, (byte) 0);
        Artifact.Marked painted = Colours.Place.BACKGROUND.paint(grey, 6, new SplittableRandom(0));
        int[] orange = {255, 128, 0};
        for (int c = 0; c < 3; c++) {
            assertThat(painted.image().level(c, 0, 0)).isEqualTo(orange[c]);
            assertThat(painted.image().level(c, 0, 1)).isEqualTo(255);
            assertThat(painted.image().level(c, 1, 0)).isEqualTo(255);
        }
        assertThat(painted.mask().level(0, 0, 0)).isEqualTo(255);
        assertThat(painted.mask().level(0, 0, 1)).isZero();
    }

    @Test
    void theForegroundIsMultipliedAndTheBackgroundStaysBlack() {
        Picture grey = Picture.of(1, 1, 2, (byte) 0, (byte) 200);
        Artifact.Marked painted = Colours.Place.FOREGROUND.paint(grey, 4, new SplittableRandom(7));
        double[] mean = {.088016, .777963, .981808};
        for (int c = 0; c < 3; c++) {
            assertThat(painted.image().level(c, 0, 0)).isZero();
            // five deviations of 0.005 on 200 levels, and truncation
            assertThat((double) painted.image().level(c, 0, 1))
                    .isBetween(200 * mean[c] - 6, 200 * mean[c] + 5);
        }
        assertThat(painted.mask().level(0, 0, 1)).isEqualTo(255);
    }
}
