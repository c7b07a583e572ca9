package org.plumbline.worker.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Two models on the same test rows, compared row by row. Immutable.
 *
 * @param accuracy over all rows
 * @param clean over rows without the concept
 * @param attacked over rows with the concept
 * @param conflicting over rows whose bias label differs from their label
 * @param worstGroup in the group that is worst after the correction
 * @param tcavDistance of |TCAV score - 0.5|
 * @param sensitivity of the mean magnitude of the sensitivity
 */
public record PairedComparison(
        PairedChange accuracy,
        Optional<PairedChange> clean,
        Optional<PairedChange> attacked,
        Optional<PairedChange> conflicting,
        Optional<GroupChange> worstGroup,
        Optional<Shift> tcavDistance,
        Optional<Shift> sensitivity) {

    /**
     * The change of one group. Immutable.
     *
     * @param group as measured after
     * @param groups among how many it is the worst
     */
    public record GroupChange(GroupAccuracy group, PairedChange change, int groups) {}

    /**
     * The change of a number that is no proportion. Immutable.
     *
     * @param change after less before
     * @param lower end of its 95 % bootstrap interval over the rows
     * @param upper its other end
     */
    public record Shift(double change, double lower, double upper) {}

    /** Compares assessments of the same rows; empty where either kept no rows. */
    public static Optional<PairedComparison> of(Assessment before, Assessment after) {
        if (before.rows().isEmpty() || after.rows().isEmpty()) {
            return Optional.empty();
        }
        RowOutcomes was = before.rows().get();
        RowOutcomes is = after.rows().get();
        if (!Arrays.equals(was.labels(), is.labels())) {
            throw new IllegalArgumentException(
                    "rows: " + is.rows() + " others (expected: the " + was.rows() + " of before)");
        }
        boolean[] first = was.right();
        boolean[] second = is.right();
        return Optional.of(
                new PairedComparison(
                        PairedChange.of(first, second, i -> true),
                        was.rowsWith(0).map(rows -> change(first, second, rows)),
                        was.rowsWith(1).map(rows -> change(first, second, rows)),
                        was.bias()
                                .map(
                                        b ->
                                                PairedChange.of(
                                                        first,
                                                        second,
                                                        i -> b[i] != was.labels()[i])),
                        worst(was, after.report().groups(), first, second),
                        shift(was, is, ConceptRows::distance),
                        shift(was, is, ConceptRows::sensitivity)));
    }

    /** Returns the changes of accuracies by metric, in a fixed order. */
    public SortedMap<String, PairedChange> accuracies() {
        SortedMap<String, PairedChange> changes = new TreeMap<>();
        changes.put("accuracy", accuracy);
        clean.ifPresent(change -> changes.put("clean_accuracy", change));
        attacked.ifPresent(change -> changes.put("attacked_accuracy", change));
        conflicting.ifPresent(change -> changes.put("conflicting_accuracy", change));
        worstGroup.ifPresent(worst -> changes.put("worst_group_accuracy", worst.change()));
        return changes;
    }

    private static PairedChange change(boolean[] before, boolean[] after, int[] rows) {
        return PairedChange.of(before, after, i -> Arrays.binarySearch(rows, i) >= 0);
    }

    private static Optional<GroupChange> worst(
            RowOutcomes rows, List<GroupAccuracy> groups, boolean[] before, boolean[] after) {
        return Accuracies.worstGroup(groups)
                .flatMap(
                        group ->
                                rows.attribute()
                                        .map(
                                                attribute ->
                                                        new GroupChange(
                                                                group,
                                                                PairedChange.of(
                                                                        before,
                                                                        after,
                                                                        i ->
                                                                                group.holds(
                                                                                        rows.labels()[
                                                                                                i],
                                                                                        attribute[
                                                                                                i])),
                                                                groups.size())));
    }

    private static Optional<Shift> shift(RowOutcomes before, RowOutcomes after, Statistic of) {
        if (before.sensitivities().isEmpty() || after.sensitivities().isEmpty()) {
            return Optional.empty();
        }
        ConceptRows was = before.sensitivities().get();
        ConceptRows is = after.sensitivities().get();
        int[] all = IntStream.range(0, was.count()).toArray();
        Bootstrap.Interval interval =
                Bootstrap.STANDARD.over(
                        was.count(), rows -> of.value(is, rows) - of.value(was, rows));
        return Optional.of(
                new Shift(
                        of.value(is, all) - of.value(was, all),
                        interval.lower(),
                        interval.upper()));
    }

    /** A number of some concept rows. */
    @FunctionalInterface
    private interface Statistic {
        double value(ConceptRows concept, int... rows);
    }
}
