package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.instrument.TwinWriter;
import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.worker.correction.ensemble.BiasedTerm;
import org.plumbline.worker.correction.ensemble.DisEntLosses;
import org.plumbline.worker.correction.ensemble.DisEntTrainee;
import org.plumbline.worker.correction.ensemble.LffTrainee.Networks;
import org.plumbline.worker.correction.ensemble.ReweightingLosses;
import org.plumbline.worker.training.TrainingLoop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Trains two encoders of the archive's form and writes an archive that holds both. The debiased
 * classifier over joined features, {@code W_1 z_D + W_2 z_B + b}, is the debiased network with last
 * layer {@code (W_1, b)} plus the biased one with {@code (W_2, 0)}: the sum that {@link TwinWriter}
 * writes is inference as published. One use.
 */
final class DisEntTraining {
    private static final int FOREIGN_DEBIASED = 1_000_000; // beyond any number of detectors
    private static final int FOREIGN_BIASED = 1_000_001;

    private final CorrectionRun run;
    private final DisEnt disent;
    private final FeatureTap tap;
    private final ReweightedRun reweighted;

    private DisEntTraining(CorrectionRun run, DisEnt disent) {
        this.run = run;
        this.disent = disent;
        tap = FeatureTap.find(run, disent.featureLayer());
        reweighted = new ReweightedRun(run, disent.reweighting());
    }

    /** Returns the names of the tensors that changed or were added. */
    static List<String> run(CorrectionRun run, DisEnt disent) {
        return new DisEntTraining(run, disent).trained();
    }

    private List<String> trained() {
        TrainingPlan plan = run.live(Scope.ALL).tapping(tap.layer());
        try (NativeOperators operators = run.operators(ReweightingLosses.SOURCE);
                TrainableModel debiased = run.load(plan);
                TrainableModel biased = run.load(plan)) {
            ReweightingLosses losses = new ReweightingLosses(operators);
            BiasedTerm biasedTerm = reweighted.biasedTerm(losses);
            reweighted.startDebiased(debiased);
            reweighted.startBiased(biased);
            halve(debiased, disent.reweighting().start());
            halve(biased, disent.reweighting().biasedStart());
            try (DisEntTrainee trainee =
                    new DisEntTrainee(
                            new Networks(debiased, biased),
                            reweighted.rows(),
                            new DisEntLosses(biasedTerm, disent.disentangling()),
                            reweighted.difficulty(losses, debiased),
                            foreign(debiased),
                            disent.training().optimizer(),
                            disent.training().loop().seed())) {
                TrainingLoop.run(
                        trainee,
                        disent.training().loop(),
                        run.listener(),
                        run.checkpoints("train"));
                return write(debiased.state(), biased.state(), trainee.foreign().debiased());
            }
        }
    }

    /** A fresh last layer is drawn for twice its inputs: it is half of a larger one. */
    private void halve(TrainableModel model, Origin origin) {
        if (!reweighted.isFresh(origin)) {
            return;
        }
        Map<String, FloatTensor> state = model.state();
        Map<String, FloatTensor> halved = new LinkedHashMap<>();
        double factor = Math.sqrt(0.5);
        halved.put(tap.weight(), Tensors.scaled(Tensors.of(state, tap.weight()), factor));
        tap.bias()
                .ifPresent(
                        name -> halved.put(name, Tensors.scaled(Tensors.of(state, name), factor)));
        model.restore(halved);
    }

    /** The other halves are fresh, or 0 where a network goes on as deployed. */
    private DisEntTrainee.ForeignWeights foreign(TrainableModel like) {
        FloatTensor shape = Tensors.of(like.state(), tap.weight());
        return new DisEntTrainee.ForeignWeights(
                half(shape, disent.reweighting().start(), FOREIGN_DEBIASED),
                half(shape, disent.reweighting().biasedStart(), FOREIGN_BIASED));
    }

    private FloatTensor half(FloatTensor like, Origin origin, int number) {
        FloatTensor values = FloatTensor.zeros(like.shape());
        if (reweighted.isFresh(origin)) {
            SplittableRandom random = new SplittableRandom(reweighted.seed(number));
            double bound = 1 / Math.sqrt(2.0 * tap.width());
            for (int i = 0; i < values.values().length; i++) {
                values.values()[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
        }
        return values;
    }

    private List<String> write(
            Map<String, FloatTensor> debiased,
            Map<String, FloatTensor> biased,
            FloatTensor foreign) {
        Map<String, FloatTensor> values = new LinkedHashMap<>(debiased);
        biased.forEach((name, value) -> values.put(twin(name), value));
        values.put(twin(tap.weight()), foreign);
        tap.bias()
                .ifPresent(
                        name ->
                                values.put(
                                        twin(name),
                                        FloatTensor.zeros(Tensors.of(biased, name).shape())));
        Path file = run.task().workDirectory().resolve("twin-" + UUID.randomUUID() + ".pt");
        TwinWriter.write(run.archive(), file);
        try (Archive twins = Archive.open(file)) {
            RepairedArchive.patch(twins, values, run.task().output());
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, file + ": " + e, e);
        } finally {
            CorrectionRun.delete(file);
        }
        return List.copyOf(values.keySet());
    }

    private static String twin(String name) {
        return TwinWriter.ATTRIBUTE + "." + name;
    }
}
