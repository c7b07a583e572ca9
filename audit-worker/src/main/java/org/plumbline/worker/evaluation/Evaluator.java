package org.plumbline.worker.evaluation;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * Measures a model on the test rows of a data set, batch by batch, so that memory does not grow
 * with the data. A data set without splits is measured on all rows. Worker, command line, gate and
 * reports all take their numbers from here. Confined to one thread.
 */
public final class Evaluator {
    private static final int BATCH = 64;

    private final ModelUnderTest model;
    private final AuditDataset data;
    private final BooleanSupplier cancelled;
    private final int[] rows;
    private final long[] labels;
    private int classes;

    /**
     * Makes an evaluator.
     *
     * @param model borrowed
     * @param cancelled asked before every batch
     */
    public Evaluator(ModelUnderTest model, AuditDataset data, BooleanSupplier cancelled) {
        this.model = model;
        this.data = data;
        this.cancelled = cancelled;
        int[] test = data.rows(Split.TEST);
        this.rows = test.length > 0 ? test : data.rows(Split.TRAIN);
        this.labels = pick(data.labels());
    }

    /**
     * Returns the accuracies.
     *
     * @param concept splits the rows into clean and biased
     * @throws AuditException {@code CANCELLED} when asked to stop
     */
    public Assessment accuracies(Optional<ConceptId> concept) {
        RowOutcomes outcomes = outcomes(concept, answers(Optional.empty()));
        return Assessment.of(report(outcomes, Optional.empty()), outcomes);
    }

    /**
     * Returns the accuracies, how far the CAV tells the rows apart and, if any row has the concept,
     * the TCAV family and the relevance on the artifact.
     *
     * @throws AuditException {@code CANCELLED} when asked to stop
     */
    public Assessment evaluate(ConceptProbe probe) {
        Answers answers = answers(Optional.of(probe));
        checkTarget(probe.targetClass());
        RowOutcomes outcomes = outcomes(Optional.of(probe.cav().concept()), answers);
        ConceptEvaluation concept = new ConceptEvaluation(model, data, probe, this::batches);
        int[] with = outcomes.rowsWith(1).orElseThrow();
        int[] without = outcomes.rowsWith(0).orElseThrow();
        Optional<TcavMetrics> metrics = Optional.empty();
        if (with.length > 0) {
            int[] biased = Arrays.stream(with).map(i -> rows[i]).toArray();
            ConceptEvaluation.Tcav tcav = concept.tcav(biased);
            metrics = Optional.of(tcav.metrics());
            outcomes = outcomes.with(tcav.rows());
            concept.relevance(biased);
        }
        data.pairs().map(this::pick).ifPresent(numbers -> align(concept, numbers, with, without));
        concept.separation(picked(answers.projections, with), picked(answers.projections, without));
        ConceptNumbers numbers =
                new ConceptNumbers(metrics, concept.estimates(), probe.quality(), concept.notes());
        return Assessment.of(report(outcomes, Optional.of(numbers)), outcomes);
    }

    /** Compares rows with the concept to rows without that have the same number. */
    private void align(ConceptEvaluation concept, long[] numbers, int[] with, int[] without) {
        Map<Long, Integer> clean = new HashMap<>();
        for (int i : without) {
            clean.putIfAbsent(numbers[i], rows[i]);
        }
        int[] paired = Arrays.stream(with).filter(i -> clean.containsKey(numbers[i])).toArray();
        concept.alignment(
                Arrays.stream(paired).map(i -> rows[i]).toArray(),
                Arrays.stream(paired).map(i -> clean.get(numbers[i])).toArray());
    }

    private record ConceptNumbers(
            Optional<TcavMetrics> tcav,
            List<Estimate> estimates,
            Optional<CavQuality> quality,
            List<String> notes) {}

    private EvaluationReport report(RowOutcomes outcomes, Optional<ConceptNumbers> concept) {
        int[] predicted = outcomes.predicted();
        List<GroupAccuracy> groups =
                outcomes.attribute()
                        .map(attribute -> Accuracies.groups(predicted, labels, attribute))
                        .orElse(List.of());
        List<GroupAccuracy> byBias =
                outcomes.bias().map(b -> Accuracies.groups(predicted, labels, b)).orElse(List.of());
        double accuracy = Accuracies.accuracy(predicted, labels, i -> true).orElse(0);
        List<Estimate> estimates = new ArrayList<>(AccuracyEstimates.of(outcomes, groups));
        concept.ifPresent(numbers -> estimates.addAll(numbers.estimates()));
        return new EvaluationReport(
                rows.length,
                accuracy,
                Accuracies.standardError(accuracy, rows.length),
                subset(outcomes, 0),
                subset(outcomes, 1),
                Accuracies.worst(groups),
                Accuracies.mean(byBias, true),
                Accuracies.mean(byBias, false),
                groups,
                concept.flatMap(ConceptNumbers::tcav),
                estimates,
                concept.flatMap(ConceptNumbers::quality),
                concept.map(ConceptNumbers::notes).orElse(List.of()));
    }

    private RowOutcomes outcomes(Optional<ConceptId> concept, Answers answers) {
        return new RowOutcomes(
                answers.predicted,
                labels,
                concept.map(data::concept).map(this::pick),
                data.biasLabels().map(this::pick),
                classes);
    }

    /** Classes, and with a probe the projections of the pooled activations on its CAV. */
    private static final class Answers {
        private final int[] predicted;
        private final double[] projections;

        Answers(int rows) {
            this.predicted = new int[rows];
            this.projections = new double[rows];
        }
    }

    private Answers answers(Optional<ConceptProbe> probe) {
        Answers answers = new Answers(rows.length);
        int done = 0;
        for (int[] batch : batches(rows)) {
            ModelUnderTest.Observation seen = model.observe(data.inputs(batch));
            checkLogits(seen.logits());
            Optional<FloatTensor> pooled =
                    probe.flatMap(p -> seen.activation().map(p.pooling()::pool));
            for (int i = 0; i < batch.length; i++) {
                answers.predicted[done] = seen.logits().largest(i);
                if (pooled.isPresent()) {
                    answers.projections[done] =
                            pooled.get().row(i).dot(probe.orElseThrow().cav().direction());
                }
                done++;
            }
        }
        return answers;
    }

    private void checkLogits(FloatTensor logits) {
        classes = logits.rowSize();
        if (classes < data.classes()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "labels",
                    "up to " + (data.classes() - 1),
                    "below " + classes + ", the model's classes");
        }
        for (float logit : logits.values()) {
            if (!Float.isFinite(logit)) {
                throw AuditException.of(ErrorCode.BAD_DATA, "logits", logit, "finite values");
            }
        }
    }

    private void checkTarget(OptionalInt target) {
        if (target.isPresent() && (target.getAsInt() < 0 || target.getAsInt() >= classes)) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "target_class",
                    target.getAsInt(),
                    "0 to " + (classes - 1));
        }
    }

    private OptionalDouble subset(RowOutcomes outcomes, long flag) {
        return outcomes.rowsWith(flag)
                .map(
                        subset ->
                                Accuracies.accuracy(
                                        outcomes.predicted(),
                                        labels,
                                        i -> Arrays.binarySearch(subset, i) >= 0))
                .orElseGet(OptionalDouble::empty);
    }

    private long[] pick(long[] all) {
        return Arrays.stream(rows).mapToLong(i -> all[i]).toArray();
    }

    private static double[] picked(double[] all, int[] some) {
        return Arrays.stream(some).mapToDouble(i -> all[i]).toArray();
    }

    /** Cuts rows into batches; a caller that wants to stop is heard before each is handed out. */
    private List<int[]> batches(int[] all) {
        int count = (all.length + BATCH - 1) / BATCH;
        return new java.util.AbstractList<>() {
            @Override
            public int[] get(int index) {
                if (cancelled.getAsBoolean()) {
                    throw new AuditException(
                            ErrorCode.CANCELLED, "evaluation: cancelled by the caller");
                }
                int from = index * BATCH;
                return Arrays.copyOfRange(all, from, Math.min(from + BATCH, all.length));
            }

            @Override
            public int size() {
                return count;
            }
        };
    }
}
