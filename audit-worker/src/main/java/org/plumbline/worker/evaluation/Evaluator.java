package org.plumbline.worker.evaluation;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.dataset.Split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Measures a model on the test rows of a data set, batch by batch, so that memory does not grow
 * with the data. A data set without splits is measured on all rows. Confined to one thread.
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
    public EvaluationReport accuracies(Optional<ConceptId> concept) {
        int[] predicted = predictions();
        Optional<long[]> flags = concept.map(data::concept).map(this::pick);
        Optional<long[]> bias = data.biasLabels().map(this::pick);
        List<GroupAccuracy> groups =
                flags.or(() -> bias)
                        .map(attribute -> Accuracies.groups(predicted, labels, attribute))
                        .orElse(List.of());
        List<GroupAccuracy> biasGroups =
                bias.map(b -> Accuracies.groups(predicted, labels, b)).orElse(List.of());
        double accuracy = Accuracies.accuracy(predicted, labels, i -> true).orElse(0);
        return new EvaluationReport(
                rows.length,
                accuracy,
                Accuracies.standardError(accuracy, rows.length),
                subset(predicted, flags, 0),
                subset(predicted, flags, 1),
                Accuracies.worst(groups),
                Accuracies.mean(biasGroups, true),
                Accuracies.mean(biasGroups, false),
                groups,
                Optional.empty());
    }

    /**
     * Returns the accuracies and, if any row has the concept, the TCAV family.
     *
     * @throws AuditException {@code CANCELLED} when asked to stop
     */
    public EvaluationReport evaluate(ConceptProbe probe) {
        EvaluationReport report = accuracies(Optional.of(probe.cav().concept()));
        checkTarget(probe.targetClass());
        long[] flags = pick(data.concept(probe.cav().concept()));
        int[] biased = IntStream.range(0, rows.length).filter(i -> flags[i] == 1).toArray();
        return biased.length == 0 ? report : report.withTcav(tcav(probe, biased));
    }

    private TcavMetrics tcav(ConceptProbe probe, int[] biased) {
        TreeMap<Integer, List<Integer>> byTarget = new TreeMap<>();
        for (int i : biased) {
            int target = probe.targetClass().orElse(Math.toIntExact(labels[i]));
            byTarget.computeIfAbsent(target, t -> new ArrayList<>()).add(rows[i]);
        }
        List<FloatTensor> maps = new ArrayList<>();
        byTarget.forEach(
                (target, samples) -> {
                    int[] picked = samples.stream().mapToInt(Integer::intValue).toArray();
                    for (int[] batch : batches(picked)) {
                        maps.add(model.sensitivity(inputs(batch), target, probe.cav().direction()));
                    }
                });
        return TcavMetrics.of(FloatTensor.concat(maps));
    }

    private int[] predictions() {
        int[] predicted = new int[rows.length];
        int done = 0;
        for (int[] batch : batches(rows)) {
            FloatTensor logits = model.logits(inputs(batch));
            checkLogits(logits);
            for (int i = 0; i < batch.length; i++) {
                predicted[done++] = logits.largest(i);
            }
        }
        return predicted;
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

    private FloatTensor inputs(int[] batch) {
        if (cancelled.getAsBoolean()) {
            throw new AuditException(ErrorCode.CANCELLED, "evaluation: cancelled by the caller");
        }
        return data.inputs(batch);
    }

    private OptionalDouble subset(int[] predicted, Optional<long[]> flags, long value) {
        return flags.isEmpty()
                ? OptionalDouble.empty()
                : Accuracies.accuracy(predicted, labels, i -> flags.get()[i] == value);
    }

    private long[] pick(long[] all) {
        return Arrays.stream(rows).mapToLong(i -> all[i]).toArray();
    }

    private static List<int[]> batches(int[] rows) {
        List<int[]> batches = new ArrayList<>();
        for (int from = 0; from < rows.length; from += BATCH) {
            batches.add(Arrays.copyOfRange(rows, from, Math.min(from + BATCH, rows.length)));
        }
        return batches;
    }
}
