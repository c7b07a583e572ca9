package org.plumbline.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

class FloatTensorTest {
    private final FloatTensor tensor = FloatTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);

    @Test
    void rowsAreCutAndPicked() {
        assertThat(tensor.slice(1, 3).values()).containsExactly(3, 4, 5, 6);
        assertThat(tensor.rows(2, 0, 2).values()).containsExactly(5, 6, 1, 2, 5, 6);
        assertThat(tensor.row(1)).isEqualTo(DenseVector.copyOf(3f, 4f));
        assertThat(tensor.rows(2, 0).shape()).containsExactly(2, 2);
        assertThat(tensor.rank()).isEqualTo(2);
    }

    @Test
    void aShapeMustHoldTheValues() {
        assertThatThrownBy(() -> FloatTensor.of(new float[5], 3, 2))
                .hasMessage("values: 5 (expected: [3, 2])");
    }

    @Test
    void equalityIsOfShapeAndBits() {
        assertThat(tensor.sameValues(tensor.slice(0, 3))).isTrue();
        assertThat(tensor.sameValues(FloatTensor.of(tensor.values(), 2, 3))).isFalse();
        FloatTensor negativeZero = FloatTensor.of(new float[] {-0f}, 1);
        assertThat(negativeZero.sameValues(FloatTensor.zeros(1))).isFalse();
    }

    @Test
    void vectorsCompareByValueAndMultiply() {
        DenseVector vector = DenseVector.copyOf(3f, 4f);
        assertThat(vector.norm()).isEqualTo(5);
        assertThat(vector).hasSameHashCodeAs(DenseVector.copyOf(new double[] {3, 4}));
        assertThat(vector).hasToString("DenseVector[2]");
        assertThat(tensor).hasToString("FloatTensor[3, 2]");
        assertThatThrownBy(() -> vector.dot(DenseVector.copyOf(1f)))
                .hasMessage("dimension: 1 (expected: 2)");
    }

    @Test
    void theLargestOfARowIsTheFirstOfEquals() {
        FloatTensor logits = FloatTensor.of(new float[] {9, -1, 3, 3, -5, -9, -4, -4}, 2, 4);
        assertThat(logits.largest(0)).isZero();
        assertThat(logits.largest(1)).isEqualTo(2);
    }

    @Test
    void concatGivesTheRowsOfAllPartsInOrder() {
        FloatTensor one = FloatTensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
        FloatTensor two = FloatTensor.of(new float[] {5, 6, 7, 8, 9, 10, 11, 12}, 2, 2, 2);
        FloatTensor whole = FloatTensor.concat(List.of(one, two));
        assertThat(whole.shape()).containsExactly(3, 2, 2);
        assertThat(whole.values()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    @Test
    void concatRefusesRowsOfOtherShapes() {
        FloatTensor one = FloatTensor.zeros(1, 2, 2);
        assertThatThrownBy(() -> FloatTensor.concat(List.of(one, FloatTensor.zeros(1, 4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("part: FloatTensor[1, 4]");
        assertThatThrownBy(() -> FloatTensor.concat(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parts: none");
    }
}
