package org.plumbline.worker.evaluation;

import org.plumbline.core.cav.GroupSeparation;
import org.plumbline.core.cav.PairAlignment;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.explain.ArtifactRelevance;
import org.plumbline.core.sensitivity.LatentMask;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The TCAV family, the relevance on the artifact and the separation by the CAV. Confined to one
 * thread.
 */
final class ConceptEvaluation {
    /** Relevance costs three passes a row: so many rows, evenly spread, tell its mean. */
    private static final int MOST_EXPLAINED = 512;

    private static final int SEPARATION_RESAMPLES = 200;

    private final ModelUnderTest model;
    private final AuditDataset data;
    private final ConceptProbe probe;
    private final Function<int[], List<int[]>> batches;
    private final List<Estimate> estimates = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Makes an evaluation.
     *
     * @param batches cuts rows and asks before each batch whether to stop
     */
    ConceptEvaluation(
            ModelUnderTest model,
            AuditDataset data,
            ConceptProbe probe,
            Function<int[], List<int[]>> batches) {
        this.model = model;
        this.data = data;
        this.probe = probe;
        this.batches = batches;
    }

    List<Estimate> estimates() {
        return estimates;
    }

    List<String> notes() {
        return notes;
    }

    /** What the concept's rows show. */
    record Tcav(TcavMetrics metrics, ConceptRows rows) {}

    /**
     * Measures the sensitivity of rows that have the concept.
     *
     * @param rows of the data set, at least one
     */
    Tcav tcav(int[] rows) {
        SortedMap<Integer, int[]> byTarget = byTarget(rows);
        List<FloatTensor> maps = new ArrayList<>();
        byTarget.forEach(
                (target, samples) -> {
                    for (int[] batch : batches.apply(samples)) {
                        maps.add(
                                model.sensitivity(
                                        data.inputs(batch), target, probe.cav().direction()));
                    }
                });
        FloatTensor all = FloatTensor.concat(maps);
        ConceptRows summed = ConceptRows.of(all);
        add("tcav_score", summed, summed::score);
        add("tcav_location_score", summed, summed::locationScore);
        add("sensitivity", summed, summed::sensitivity);
        int[] ordered = byTarget.values().stream().flatMapToInt(Arrays::stream).toArray();
        data.masks(ordered).ifPresent(masks -> addMasked(all, masks));
        return new Tcav(TcavMetrics.of(all), summed);
    }

    private SortedMap<Integer, int[]> byTarget(int[] rows) {
        long[] labels = data.labels();
        SortedMap<Integer, int[]> byTarget = new TreeMap<>();
        int[] targets =
                Arrays.stream(rows)
                        .map(row -> probe.targetClass().orElse((int) labels[row]))
                        .toArray();
        for (int target : targets) {
            byTarget.computeIfAbsent(
                    target,
                    t ->
                            IntStream.range(0, rows.length)
                                    .filter(i -> targets[i] == t)
                                    .map(i -> rows[i])
                                    .toArray());
        }
        return byTarget;
    }

    private void add(String metric, ConceptRows rows, ToDoubleFunction<int[]> statistic) {
        int[] all = IntStream.range(0, rows.count()).toArray();
        bootstrapped(metric, all.length, statistic);
    }

    private void bootstrapped(String metric, int n, ToDoubleFunction<int[]> statistic) {
        Bootstrap.Interval drawn = Bootstrap.STANDARD.over(n, statistic);
        double value = statistic.applyAsDouble(IntStream.range(0, n).toArray());
        estimates.add(new Estimate(metric, value, drawn.lower(), drawn.upper(), n, "bootstrap"));
    }

    private void addMasked(FloatTensor maps, FloatTensor masks) {
        try {
            FloatTensor latent = LatentMask.of(masks, maps.extent(1), maps.extent(2));
            ConceptRows inside = ConceptRows.of(product(maps, latent));
            add("tcav_masked_score", inside, inside::locationScore);
        } catch (AuditException e) {
            notes.add("tcav_masked_score: left out: " + e.getMessage());
        }
    }

    private static FloatTensor product(FloatTensor maps, FloatTensor mask) {
        float[] product = maps.values().clone();
        for (int i = 0; i < product.length; i++) {
            product[i] = mask.values()[i] > 0 ? product[i] : 0;
        }
        return FloatTensor.of(product, maps.shape());
    }

    /**
     * Measures how much of the label's evidence lies on the artifact.
     *
     * <p>Source: frederikpahde/rrclarc, {@code artifact_relevance.py}: samples of the attacked
     * class with the artifact.
     *
     * @param rows of the data set that have the concept
     */
    void relevance(int[] rows) {
        long[] labels = data.labels();
        int[] own =
                Arrays.stream(rows)
                        .filter(r -> probe.targetClass().orElse((int) labels[r]) == labels[r])
                        .toArray();
        int[] some = spread(own.length > 0 ? own : rows);
        Optional<FloatTensor> masks = data.masks(some);
        if (masks.isEmpty()) {
            notes.add("artifact_relevance: left out: the data set has no mask");
            return;
        }
        try {
            double[] shares = shares(some, labels, ArtifactRelevance.enlarged(masks.get()));
            bootstrapped(
                    "artifact_relevance",
                    shares.length,
                    drawn -> Arrays.stream(drawn).mapToDouble(i -> shares[i]).average().orElse(0));
        } catch (AuditException e) {
            notes.add("artifact_relevance: left out: " + e.getMessage());
        }
    }

    private double[] shares(int[] rows, long[] labels, FloatTensor enlarged) {
        List<FloatTensor> maps = new ArrayList<>();
        for (int[] batch : batches.apply(rows)) {
            long[] targets = Arrays.stream(batch).mapToLong(row -> labels[row]).toArray();
            maps.add(model.relevance(data.inputs(batch), targets));
        }
        return ArtifactRelevance.shares(FloatTensor.concat(maps), enlarged);
    }

    private static int[] spread(int[] rows) {
        int n = Math.min(rows.length, MOST_EXPLAINED);
        return IntStream.range(0, n).map(i -> rows[(int) ((long) i * rows.length / n)]).toArray();
    }

    /**
     * Measures how well the CAV points along what the concept does to activations of one picture.
     *
     * <p>Source: frederikpahde/rrclarc, {@code measure_quality_cav_attacked.py}.
     *
     * @param with rows of the data set with the concept
     * @param without rows that show the same pictures without it, in the same order
     */
    void alignment(int[] with, int[] without) {
        if (with.length < 2) {
            return;
        }
        PairAlignment found =
                PairAlignment.of(
                        pooled(spread(with)), pooled(spread(without)), probe.cav().direction());
        int n = Math.min(with.length, MOST_EXPLAINED);
        addNormal("cav_alignment", found.alignment(), found.standardError(), n);
        addNormal("cav_alignment_of_mean", found.alignmentOfMean(), found.standardErrorOfMean(), n);
    }

    private FloatTensor pooled(int[] rows) {
        List<FloatTensor> pooled = new ArrayList<>();
        for (int[] batch : batches.apply(rows)) {
            FloatTensor activation = model.observe(data.inputs(batch)).activation().orElseThrow();
            pooled.add(probe.pooling().pool(activation));
        }
        return FloatTensor.concat(pooled);
    }

    private void addNormal(String metric, double value, double error, int n) {
        double margin = PairedChange.QUANTILE * error;
        estimates.add(
                new Estimate(
                        metric,
                        value,
                        Math.max(-1, value - margin),
                        Math.min(1, value + margin),
                        n,
                        "normal"));
    }

    /** Measures how far the CAV tells rows with the concept from rows without, on this model. */
    void separation(double[] with, double[] without) {
        if (with.length == 0 || without.length == 0) {
            notes.add("cav_auc: left out: no test row with, or none without the concept");
            return;
        }
        GroupSeparation whole = GroupSeparation.of(with, without);
        Bootstrap bootstrap = Bootstrap.STANDARD.with(SEPARATION_RESAMPLES);
        List<int[]> strata =
                List.of(
                        IntStream.range(0, with.length).toArray(),
                        IntStream.range(0, without.length).toArray());
        Bootstrap.Interval auc =
                bootstrap.overStrata(strata, rows -> separation(rows, with, without).auc());
        Bootstrap.Interval apart =
                bootstrap.overStrata(
                        strata, rows -> separation(rows, with, without).separability());
        int n = with.length + without.length;
        estimates.add(
                new Estimate("cav_auc", whole.auc(), auc.lower(), auc.upper(), n, "bootstrap"));
        estimates.add(
                new Estimate(
                        "cav_separability",
                        whole.separability(),
                        apart.lower(),
                        apart.upper(),
                        n,
                        "bootstrap"));
    }

    private static GroupSeparation separation(int[] rows, double[] with, double[] without) {
        double[] first = Arrays.stream(rows, 0, with.length).mapToDouble(i -> with[i]).toArray();
        double[] second =
                Arrays.stream(rows, with.length, rows.length)
                        .mapToDouble(i -> without[i])
                        .toArray();
        return GroupSeparation.of(first, second);
    }
}
