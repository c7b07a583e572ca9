package org.plumbline.worker.fairwashing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.Heap;
import org.plumbline.core.tap.LiveExplanations;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.worker.training.BatchLoss;
import org.plumbline.worker.training.LossTrainee;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingLoop;
import org.plumbline.worker.training.TrainingStep;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Re-trains a copy of an archive until its explanations show a picture while its answers stay.
 * Every parameter is trained; batch normalisation and dropout behave as when served. Thread-safe; a
 * process should run one at a time.
 */
public final class Attack {
    private static final Set<String> RELU = Set.of("relu", "relu_");
    private static final int BLOCK = 256;

    private final AttackTask task;
    private final int[] rows;

    private Attack(AttackTask task) {
        this.task = task;
        this.rows = task.data().trainingRows();
    }

    /**
     * Writes the student, the teacher with changed tensors, to {@code task.output()}.
     *
     * @return names of the tensors that changed
     * @throws AuditException {@code CANCELLED} when the listener said so; {@code INVALID_ARGUMENT}
     *     if the model cannot be explained so; {@code BAD_DATA} if a class has too few rows for
     *     tangent spaces
     */
    public static List<String> run(AttackTask task, TrainingListener listener) {
        listener.onStep(new TrainingStep("prepare", 0, 0, 0, 0, Map.of()));
        try (Archive archive = Archive.open(task.teacher())) {
            return new Attack(task).run(archive, listener);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, task.teacher() + ": " + e, e);
        }
    }

    /**
     * Returns how an attack explains a model while it trains it.
     *
     * @param work existing folder for temporary files
     */
    static ExplainSpec trainingForm(AttackTask task, Path work) {
        AttackSettings settings = task.settings();
        ExplainSpec spec =
                ExplainSpec.of(work, task.device(), settings.method())
                        .with(settings.path())
                        .with(settings.rules());
        return hasRelu(task.teacher()) ? spec.with(settings.softplus()) : spec;
    }

    /** Returns whether there is a ReLU to replace; other activations are smooth enough. */
    static boolean hasRelu(Path model) {
        try (Archive archive = Archive.open(model)) {
            return archive.operators().stream().anyMatch(RELU::contains);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, model + ": " + e, e);
        }
    }

    private List<String> run(Archive archive, TrainingListener listener) {
        AttackSettings settings = task.settings();
        List<String> all = archive.parameters().stream().map(StoredTensor::name).toList();
        Path work = task.workDirectory();
        try (NativeOperators operators =
                        NativeOperators.load(work, task.device(), AttackLoss.SOURCE);
                LiveExplanations student =
                        LiveExplanations.load(
                                task.teacher(),
                                TrainingPlan.live(all),
                                settings.method(),
                                trainingForm(task, work))) {
            Map<String, FloatTensor> before = student.model().state();
            try (LossTrainee trainee =
                    new LossTrainee(
                            operators,
                            student.model(),
                            settings.training().optimizer(),
                            rows.length,
                            loss(operators, student))) {
                TrainingLoop.run(
                        trainee,
                        settings.training().loop(),
                        listener,
                        task.checkpoints().map(folder -> folder.of("attack")));
            }
            return write(archive, before, student.model().state());
        }
    }

    private BatchLoss loss(NativeOperators operators, LiveExplanations student) {
        AttackSettings settings = task.settings();
        AttackLoss loss =
                new AttackLoss(
                        operators, student, settings.method(), task.target(), settings.alpha());
        FloatTensor teacher = answers(student);
        Optional<ClassTangents> tangents =
                settings.tangent()
                        .map(t -> new ClassTangents(task.data(), rows, task.data().labels(), t));
        return (unit, step) -> {
            int[] picked = Arrays.stream(step.samples()).map(i -> rows[i]).toArray();
            return loss.terms(
                    unit,
                    task.data().inputs(unit, picked),
                    Heap.rows(unit, teacher, step.samples()),
                    tangents.map(t -> t.at(picked)));
        };
    }

    /** Returns the teacher's logits at the training rows: the student is the teacher so far. */
    private FloatTensor answers(LiveExplanations student) {
        List<FloatTensor> blocks = new ArrayList<>();
        for (int from = 0; from < rows.length; from += BLOCK) {
            int[] block = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BLOCK));
            try (NDManager unit = student.model().newUnit()) {
                NDArray x = task.data().inputs(unit, block);
                blocks.add(Heap.copy(student.model().logits(x).stopGradient()));
            }
        }
        return FloatTensor.concat(blocks);
    }

    private List<String> write(
            Archive archive, Map<String, FloatTensor> before, Map<String, FloatTensor> after) {
        Map<String, FloatTensor> changed = new LinkedHashMap<>();
        after.forEach(
                (name, values) -> {
                    if (!values.sameValues(before.getOrDefault(name, FloatTensor.zeros(0)))) {
                        changed.put(name, values);
                    }
                });
        RepairedArchive.patch(archive, changed, task.output());
        return List.copyOf(changed.keySet());
    }
}
