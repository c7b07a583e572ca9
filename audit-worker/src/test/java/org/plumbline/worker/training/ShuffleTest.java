package org.plumbline.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.core.instrument.Objective;
import org.plumbline.core.instrument.Objective.Aggregation;
import org.plumbline.core.instrument.Objective.Criterion;
import org.plumbline.core.tensor.DenseVector;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

class ShuffleTest {

    @Test
    void everyEpochIsAPermutationAndAnotherOne() {
        Shuffle shuffle = new Shuffle(7, 100);
        int[] first = shuffle.epoch(1);
        int[] sorted = first.clone();
        Arrays.sort(sorted);

        assertThat(sorted).containsExactly(IntStream.range(0, 100).toArray());
        assertThat(shuffle.epoch(2)).isNotEqualTo(first);
        assertThat(new Shuffle(7, 100).epoch(1)).isEqualTo(first);
        assertThat(new Shuffle(8, 100).epoch(1)).isNotEqualTo(first);
    }

    @Test
    void signsFollowTheCriterion() {
        long[] labels = {2, 0};
        assertThat(signs(Criterion.TARGET_LOGIT, OptionalInt.empty(), labels, 0))
                .containsExactly(0, 0, 1, 1, 0, 0);
        assertThat(signs(Criterion.TARGET_LOGIT, OptionalInt.of(1), labels, 0))
                .containsExactly(0, 1, 0, 0, 1, 0);
        assertThat(signs(Criterion.ALL_LOGITS, OptionalInt.empty(), labels, 0)).containsOnly(1f);
        float[] random = signs(Criterion.ALL_LOGITS_RANDOM, OptionalInt.empty(), new long[99], 4);
        assertThat(random).containsOnly(1f, -1f);
        assertThat(signs(Criterion.ALL_LOGITS_RANDOM, OptionalInt.empty(), new long[99], 4))
                .isEqualTo(random);
        assertThat(signs(Criterion.ALL_LOGITS_RANDOM, OptionalInt.empty(), new long[99], 5))
                .isNotEqualTo(random);
    }

    private static float[] signs(
            Criterion criterion, OptionalInt target, long[] labels, long step) {
        LossTerms terms =
                new LossTerms(
                        new Objective.RrClarc(criterion, Aggregation.L2_MEAN),
                        DenseVector.copyOf(1f, 1f, 1f),
                        List.of(DenseVector.copyOf(1f)),
                        1,
                        target,
                        3);
        return terms.signs(labels, step);
    }
}
