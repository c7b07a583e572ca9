package org.plumbline.cli;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.Comparator;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Which rows are measured, and on which class each. Immutable. */
final class Selection {
    private static final int TOP = -1;

    private final int[] rows;
    private final int[] targets;

    private Selection(int[] rows, int[] targets) {
        this.rows = rows;
        this.targets = targets;
    }

    /**
     * Returns all rows on one class, on each row's label or on its top class; with labels and a
     * class, only the rows of that class.
     *
     * @throws AuditException {@code BAD_DATA} if the labels do not fit or nothing is left
     */
    static Selection of(int count, Optional<long[]> labels, Optional<Integer> target) {
        labels.ifPresent(
                l -> {
                    if (l.length != count) {
                        throw AuditException.of(
                                ErrorCode.BAD_DATA, "labels", l.length + " rows", count + " rows");
                    }
                });
        int[] rows =
                IntStream.range(0, count)
                        .filter(
                                i ->
                                        labels.isEmpty()
                                                || target.isEmpty()
                                                || labels.get()[i] == target.get())
                        .toArray();
        if (rows.length == 0) {
            throw AuditException.of(ErrorCode.BAD_DATA, "inputs", "no rows", "at least one");
        }
        int[] targets =
                IntStream.of(rows)
                        .map(
                                i ->
                                        target.orElseGet(
                                                () ->
                                                        labels.map(l -> Math.toIntExact(l[i]))
                                                                .orElse(TOP)))
                        .toArray();
        return new Selection(rows, targets);
    }

    /**
     * Returns the same rows with a class each, the rows of a class together, classes rising.
     *
     * @param top class of the largest logit by place in this selection, asked where no other is
     *     known
     */
    Selection grouped(IntUnaryOperator top) {
        int[] settled =
                IntStream.range(0, targets.length)
                        .map(i -> targets[i] < 0 ? top.applyAsInt(i) : targets[i])
                        .toArray();
        int[] order =
                IntStream.range(0, settled.length)
                        .boxed()
                        .sorted(Comparator.comparingInt(i -> settled[i])) // stable
                        .mapToInt(Integer::intValue)
                        .toArray();
        return new Selection(
                IntStream.of(order).map(i -> rows[i]).toArray(),
                IntStream.of(order).map(i -> settled[i]).toArray());
    }

    /** Returns whether the class of some row is not known yet. */
    boolean asksForTop() {
        return IntStream.of(targets).anyMatch(target -> target < 0);
    }

    /** Returns the class of each row; negative: its top class. */
    int[] targets() {
        return targets.clone();
    }

    int[] rows() {
        return rows.clone();
    }

    /** Returns the class row {@code i} of the selection is measured on; negative: its top class. */
    int target(int i) {
        return targets[i];
    }

    /** Returns the end of the rows from {@code from} that share a class, at most {@code limit}. */
    int endOfRun(int from, int limit) {
        int to = from + 1;
        while (to < targets.length && to - from < limit && targets[to] == targets[from]) {
            to++;
        }
        return to;
    }
}
