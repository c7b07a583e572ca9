package org.plumbline.worker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.worker.training.Schedule.Unit;

import java.util.Arrays;
import java.util.List;

class ScheduleTest {

    @Test
    void stepsAndMilestonesCountFromZero() {
        Schedule every20 = new Schedule.Stepped(Unit.EPOCHS, 20, 0.1);
        assertThat(every20.factor(20, 0)).isEqualTo(1);
        assertThat(every20.factor(21, 0)).isCloseTo(0.1, within(1e-15));
        assertThat(every20.factor(41, 0)).isCloseTo(0.01, within(1e-15));
        Schedule milestones = new Schedule.MultiStep(Unit.STEPS, List.of(600L, 1200L), 0.5);
        assertThat(milestones.factor(1, 599)).isEqualTo(1);
        assertThat(milestones.factor(1, 600)).isEqualTo(0.5);
        assertThat(milestones.factor(1, 1200)).isEqualTo(0.25);
        assertThat(new Schedule.Constant().factor(9, 9)).isEqualTo(1);
    }

    @Test
    void theCosineEndsAtItsFloor() {
        Schedule cosine = new Schedule.Cosine(Unit.STEPS, 100, 0.2);
        assertThat(cosine.factor(1, 0)).isEqualTo(1);
        assertThat(cosine.factor(1, 50)).isCloseTo(0.6, within(1e-12));
        assertThat(cosine.factor(1, 100)).isCloseTo(0.2, within(1e-12));
        assertThat(cosine.factor(1, 300)).isCloseTo(0.2, within(1e-12));
        assertThatThrownBy(() -> new Schedule.Cosine(Unit.STEPS, 0, 0))
                .hasMessage("length: 0.0 (expected: > 0)");
    }

    @Test
    void lengthsEndWithEpochsOrSteps() {
        assertThat(Length.epochs(3).stepsIn(7)).isEqualTo(21);
        assertThat(Length.epochs(3).epochsIn(7)).isEqualTo(3);
        assertThat(Length.steps(15).stepsIn(7)).isEqualTo(15);
        assertThat(Length.steps(15).epochsIn(7)).isEqualTo(3);
        assertThat(new Length(2, 15).stepsIn(7)).isEqualTo(14);
        assertThat(Length.epochs(0).stepsIn(7)).isZero();
        assertThat(
                        new LoopSettings(Length.epochs(1), 4, true, new Schedule.Constant(), 0)
                                .stepsPerEpoch(11))
                .isEqualTo(2);
        assertThat(LoopSettings.of(Length.epochs(1), 4, 0).stepsPerEpoch(11)).isEqualTo(3);
    }

    @Test
    void weightedDrawsFollowTheWeights() {
        WeightedDraws draws = new WeightedDraws(3, DenseVector.copyOf(0f, 3f, 0f, 1f), 40_000);
        int[] counts = new int[4];
        Arrays.stream(draws.epoch(1)).forEach(i -> counts[i]++);
        assertThat(counts[0]).isZero();
        assertThat(counts[2]).isZero();
        // five standard deviations of a binomial share: sqrt(0.75 * 0.25 / 40000) * 5
        assertThat(counts[1] / 40_000.0).isCloseTo(0.75, within(0.011));
        assertThat(draws.epoch(1)).isEqualTo(draws.epoch(1));
        assertThat(draws.epoch(2)).isNotEqualTo(draws.epoch(1));
        assertThatThrownBy(() -> new WeightedDraws(3, DenseVector.copyOf(0f), 1))
                .hasMessageStartingWith("weights: sum 0.0");
    }
}
