package org.plumbline.worker.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
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
}
