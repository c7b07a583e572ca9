package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.core.error.AuditException;

import java.util.Optional;

class SelectionTest {
    private static final Optional<long[]> LABELS = Optional.of(new long[] {2, 2, 1, 2});

    @Test
    void withoutClassOrLabelsEachRowIsMeasuredOnItsTopClass() {
        Selection all = Selection.of(3, Optional.empty(), Optional.empty());
        assertThat(all.rows()).containsExactly(0, 1, 2);
        assertThat(all.target(1)).isNegative();
    }

    @Test
    void withLabelsEachRowIsMeasuredOnItsLabelInRunsOfOneClass() {
        Selection labelled = Selection.of(4, LABELS, Optional.empty());
        assertThat(labelled.target(2)).isEqualTo(1);
        assertThat(labelled.endOfRun(0, 32)).isEqualTo(2);
        assertThat(labelled.endOfRun(0, 1)).isEqualTo(1);
        assertThat(labelled.endOfRun(3, 32)).isEqualTo(4);
    }

    @Test
    void withBothOnlyRowsOfThatClassAreMeasured() {
        Selection some = Selection.of(4, LABELS, Optional.of(2));
        assertThat(some.rows()).containsExactly(0, 1, 3);
        assertThat(some.endOfRun(0, 32)).isEqualTo(3);
    }

    @Test
    void groupedRowsOfAClassAreTogetherInTheirOrder() {
        Selection grouped = Selection.of(4, LABELS, Optional.empty()).grouped(i -> -5);
        assertThat(grouped.rows()).containsExactly(2, 0, 1, 3);
        assertThat(grouped.targets()).containsExactly(1, 2, 2, 2);
        Selection top = Selection.of(3, Optional.empty(), Optional.empty());
        assertThat(top.asksForTop()).isTrue();
        assertThat(top.grouped(i -> 7 - i).rows()).containsExactly(2, 1, 0);
        assertThat(top.grouped(i -> 7 - i).asksForTop()).isFalse();
    }

    @Test
    void labelsOfAnotherLengthAndEmptySelectionsAreRefused() {
        assertThatThrownBy(() -> Selection.of(5, LABELS, Optional.empty()))
                .isInstanceOf(AuditException.class)
                .hasMessage("labels: 4 rows (expected: 5 rows)");
        assertThatThrownBy(() -> Selection.of(4, LABELS, Optional.of(7)))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("no rows");
    }
}
