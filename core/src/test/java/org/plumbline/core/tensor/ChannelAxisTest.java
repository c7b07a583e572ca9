package org.plumbline.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.cav.Pooling;

import java.util.Arrays;
import java.util.SplittableRandom;

class ChannelAxisTest {
    @ParameterizedTest
    @CsvSource({
        "2 5, 5, 1",
        "2 5 9, 5, 1",
        "2 9 5, 5, 2",
        "2 5 5, 5, 2",
        "2 5 7 7, 5, 1",
        "2 7 7 5, 5, 3",
        "2 5 5 5, 5, 1",
        "2 5 3 3 4, 5, 1"
    })
    void theDimensionOfTheVectorDecides(String shape, int dimension, int axis) {
        assertThat(ChannelAxis.of(FloatTensor.zeros(shape(shape)), dimension)).isEqualTo(axis);
    }

    @Test
    void aDimensionOfNeitherAxisIsRefused() {
        assertThatThrownBy(() -> ChannelAxis.of(FloatTensor.zeros(2, 7, 7, 5), 4))
                .hasMessage("cav: 4 components (expected: 7)");
    }

    @ParameterizedTest
    @CsvSource({
        "2 5, 1",
        "2 9 5, 2",
        "2 5 7 7, 1",
        "2 7 7 5, 3",
        "2 5 5 5, 1",
        "2 5 1 1, 1",
        "2 6 7 5, 1"
    })
    void withoutAVectorTheShapeDecides(String shape, int axis) {
        assertThat(ChannelAxis.usual(FloatTensor.zeros(shape(shape)))).isEqualTo(axis);
    }

    /** Pooling a map and pooling the same map with its channels last give the same. */
    @ParameterizedTest
    @CsvSource({"MAX, 3 5 4 4", "MEAN, 3 5 4 4", "MEAN, 1 2 3 3"})
    void poolingDoesNotDependOnWhereTheChannelsAre(Pooling pooling, String shape) {
        FloatTensor first = random(shape(shape));
        FloatTensor last = channelsLast(first);
        assertThat(pooling.pool(last).values()).containsExactly(pooling.pool(first).values());
        assertThat(ChannelAxis.first(last, 3).values()).containsExactly(first.values());
        assertThat(ChannelAxis.first(last, 3).shape()).containsExactly(first.shape());
    }

    private static FloatTensor channelsLast(FloatTensor map) {
        int d = map.extent(1);
        int h = map.extent(2);
        int w = map.extent(3);
        FloatTensor moved = FloatTensor.zeros(map.rows(), h, w, d);
        int at = 0;
        for (int i = 0; i < map.rows(); i++) {
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    for (int c = 0; c < d; c++) {
                        moved.values()[at++] = map.values()[((i * d + c) * h + y) * w + x];
                    }
                }
            }
        }
        return moved;
    }

    private static FloatTensor random(long[] shape) {
        SplittableRandom random = new SplittableRandom(4);
        FloatTensor tensor = FloatTensor.zeros(shape);
        for (int i = 0; i < tensor.values().length; i++) {
            tensor.values()[i] = (float) random.nextDouble(-1, 1);
        }
        return tensor;
    }

    private static long[] shape(String words) {
        return Arrays.stream(words.split(" ")).mapToLong(Long::parseLong).toArray();
    }
}
