package org.plumbline.worker.evaluation;

import org.plumbline.core.significance.BinomialInterval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The accuracy family with its intervals. Confined to one thread. */
final class AccuracyEstimates {
    private static final double CONFIDENCE = 0.95;

    private final RowOutcomes rows;
    private final boolean[] right;
    private final List<Estimate> estimates = new ArrayList<>();

    private AccuracyEstimates(RowOutcomes rows) {
        this.rows = rows;
        this.right = rows.right();
    }

    /**
     * Returns every estimate the rows allow.
     *
     * @param groups by concept, else by bias label
     */
    static List<Estimate> of(RowOutcomes rows, List<GroupAccuracy> groups) {
        AccuracyEstimates made = new AccuracyEstimates(rows);
        made.subset("", rows.all());
        rows.rowsWith(0).ifPresent(clean -> made.subset("clean_", clean));
        rows.rowsWith(1).ifPresent(attacked -> made.subset("attacked_", attacked));
        made.worst("worst_group_accuracy", groups);
        rows.bias().ifPresent(made::byBias);
        return made.estimates;
    }

    private void subset(String name, int[] subset) {
        if (subset.length == 0) {
            return;
        }
        long hits = hits(subset);
        BinomialInterval score = BinomialInterval.wilson(hits, subset.length, CONFIDENCE);
        estimates.add(
                new Estimate(
                        name + "accuracy",
                        (double) hits / subset.length,
                        score.lower(),
                        score.upper(),
                        subset.length,
                        "wilson"));
        Bootstrap.Interval drawn = Bootstrap.STANDARD.overStrata(List.of(subset), this::macroF1);
        estimates.add(
                new Estimate(
                        name + "macro_f1",
                        macroF1(subset),
                        drawn.lower(),
                        drawn.upper(),
                        subset.length,
                        "bootstrap"));
    }

    /**
     * Adds the smallest accuracy. Exact intervals of all groups at once hold, by Bonferroni, for
     * whichever group is truly the worst.
     */
    private void worst(String name, List<GroupAccuracy> groups) {
        Optional<GroupAccuracy> worst = Accuracies.worstGroup(groups);
        if (worst.isEmpty()) {
            return;
        }
        double confidence = 1 - (1 - CONFIDENCE) / groups.size();
        List<BinomialInterval> each = groups.stream().map(g -> g.interval(confidence)).toList();
        estimates.add(
                new Estimate(
                        name,
                        worst.get().accuracy(),
                        each.stream().mapToDouble(BinomialInterval::lower).min().orElse(0),
                        each.stream().mapToDouble(BinomialInterval::upper).min().orElse(1),
                        worst.get().samples(),
                        "clopper-pearson"));
    }

    private void byBias(long[] bias) {
        List<int[]> cells = rows.cells(bias);
        mean("aligned_accuracy", cells, cell -> rows.labels()[cell[0]] == bias[cell[0]]);
        mean("conflicting_accuracy", cells, cell -> rows.labels()[cell[0]] != bias[cell[0]]);
        worst(
                "worst_bias_group_accuracy",
                Accuracies.groups(rows.predicted(), rows.labels(), bias));
    }

    /** Adds the unweighted mean over cells; rows are drawn within their cell. */
    private void mean(String name, List<int[]> cells, Predicate<int[]> wanted) {
        List<int[]> chosen = cells.stream().filter(wanted).toList();
        if (chosen.isEmpty()) {
            return;
        }
        Bootstrap.Interval drawn =
                Bootstrap.STANDARD.overStrata(chosen, all -> meanOfCells(all, chosen));
        int[] all = chosen.stream().flatMapToInt(java.util.Arrays::stream).toArray();
        estimates.add(
                new Estimate(
                        name,
                        meanOfCells(all, chosen),
                        drawn.lower(),
                        drawn.upper(),
                        all.length,
                        "bootstrap"));
    }

    /** Takes rows cell after cell, each as many as in {@code cells}. */
    private double meanOfCells(int[] drawn, List<int[]> cells) {
        double sum = 0;
        int from = 0;
        for (int[] cell : cells) {
            int hits = 0;
            for (int i = from; i < from + cell.length; i++) {
                hits += right[drawn[i]] ? 1 : 0;
            }
            sum += (double) hits / cell.length;
            from += cell.length;
        }
        return sum / cells.size();
    }

    private double macroF1(int[] subset) {
        return MacroF1.of(rows.predicted(), rows.labels(), rows.classes(), subset);
    }

    private long hits(int[] subset) {
        long hits = 0;
        for (int row : subset) {
            hits += right[row] ? 1 : 0;
        }
        return hits;
    }
}
