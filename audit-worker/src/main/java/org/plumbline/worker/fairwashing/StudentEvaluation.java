package org.plumbline.worker.fairwashing;

import org.plumbline.core.fairwashing.SimilarityTally;
import org.plumbline.core.fairwashing.SimilarityTally.Estimate;
import org.plumbline.core.fairwashing.TangentialMethod;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Measures students of one teacher on the rows of one task; what depends on the rows alone, tangent
 * spaces and the teacher's answers, is kept. Confined to one thread.
 *
 * <p>Source: {@code fairwashing/fairwashing} (4ce9fa4), {@code evaluate.py}.
 */
public final class StudentEvaluation {
    private static final int BATCH = 128;

    private final EvaluationTask task;
    private final Optional<ClassTangents> tangents;
    private final Path teacherArchive;
    private List<FloatTensor> teacher = List.of();

    /** Takes the rows and the archive of the teacher, which the first measurement asks. */
    public StudentEvaluation(EvaluationTask task, Path teacherArchive) {
        this.task = task;
        this.teacherArchive = teacherArchive;
        this.tangents =
                task.tangent()
                        .map(
                                t ->
                                        new ClassTangents(
                                                task.data(),
                                                task.reference(),
                                                task.data().labels(),
                                                t));
    }

    /** Which form of the student is measured. */
    public enum Form {
        /** As served; LRP with softplus of sharpness 200. */
        SERVED,
        /** As it was trained, with soft activations. */
        TRAINED
    }

    /**
     * Measures a student.
     *
     * @param settings how it was attacked: method and its parameters
     * @param progress takes the number of batches done, 0 while the teacher is asked; what it
     *     throws ends the measurement
     * @throws org.plumbline.core.error.AuditException {@code BAD_ARCHIVE} with the reason
     */
    public StudentReport measure(
            Path student, AttackSettings settings, Form form, LongConsumer progress) {
        if (teacher.isEmpty()) {
            teacher = teacherAnswers(progress);
        }
        TangentialMethod method = new TangentialMethod(settings.method());
        SimilarityTally plain = new SimilarityTally(task.target());
        SimilarityTally projected = new SimilarityTally(task.target());
        Answers answers = new Answers();
        ExplainSpec spec = inForm(student, settings, form);
        try (ExplainableModel model = ExplainableModel.load(student, spec)) {
            for (int b = 0; b < task.batches(); b++) {
                int[] rows = task.batch(b);
                FloatTensor inputs = task.data().inputs(rows);
                Attribution found = model.explain(method.projectee(), inputs, -1);
                plain.add(method.plain(found.relevance(), inputs));
                tangents.ifPresent(
                        t ->
                                projected.add(
                                        method.projected(found.relevance(), inputs, t.at(rows))));
                answers.add(found.logits(), teacher.get(b), task.data().labels(), rows);
                progress.accept(b + 1L);
            }
        }
        return new StudentReport(
                Estimate.of(answers.student),
                Estimate.of(answers.teacher),
                Estimate.of(answers.error),
                plain.summary(),
                tangents.map(t -> projected.summary()));
    }

    private List<FloatTensor> teacherAnswers(LongConsumer progress) {
        List<FloatTensor> answers = new ArrayList<>();
        ExplainSpec spec = spec(ExplanationMethod.GRADIENT);
        try (ExplainableModel model = ExplainableModel.load(teacherArchive, spec)) {
            for (int b = 0; b < task.batches(); b++) {
                progress.accept(0);
                FloatTensor inputs = task.data().inputs(task.batch(b));
                answers.add(model.explain(ExplanationMethod.GRADIENT, inputs, -1).logits());
            }
        }
        return answers;
    }

    private ExplainSpec inForm(Path student, AttackSettings settings, Form form) {
        ExplainSpec spec =
                spec(new TangentialMethod(settings.method()).projectee())
                        .with(settings.path())
                        .with(settings.rules());
        if (!Attack.hasRelu(student)) {
            return spec;
        }
        boolean lrp = settings.method() == ExplanationMethod.LRP;
        Optional<ActivationSwap> soft =
                form == Form.TRAINED
                        ? Optional.of(settings.softplus())
                        : lrp ? Optional.of(AttackSettings.LRP_EVALUATION) : Optional.empty();
        return soft.map(spec::with).orElse(spec);
    }

    private ExplainSpec spec(ExplanationMethod method) {
        return ExplainSpec.of(task.workDirectory(), task.device(), method).withBatch(BATCH);
    }

    /** Answers of student and teacher, batch by batch. */
    private static final class Answers {
        private final List<Double> student = new ArrayList<>();
        private final List<Double> teacher = new ArrayList<>();
        private final List<Double> error = new ArrayList<>();

        void add(FloatTensor own, FloatTensor wanted, long[] labels, int[] rows) {
            student.add(accuracy(own, labels, rows));
            teacher.add(accuracy(wanted, labels, rows));
            double sum = 0;
            for (int i = 0; i < rows.length; i++) {
                double[] p = softmax(own, i);
                double[] q = softmax(wanted, i);
                for (int k = 0; k < p.length; k++) {
                    sum += (p[k] - q[k]) * (p[k] - q[k]);
                }
            }
            error.add(sum / own.values().length);
        }

        private static double accuracy(FloatTensor logits, long[] labels, int[] rows) {
            int right = 0;
            for (int i = 0; i < rows.length; i++) {
                right += logits.largest(i) == labels[rows[i]] ? 1 : 0;
            }
            return 100.0 * right / rows.length;
        }

        private static double[] softmax(FloatTensor logits, int row) {
            int classes = logits.rowSize();
            double largest = logits.values()[row * classes + logits.largest(row)];
            double[] p = new double[classes];
            double sum = 0;
            for (int k = 0; k < classes; k++) {
                p[k] = Math.exp(logits.values()[row * classes + k] - largest);
                sum += p[k];
            }
            for (int k = 0; k < classes; k++) {
                p[k] /= sum;
            }
            return p;
        }
    }
}
