package org.plumbline.worker.fairwashing;

import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tap.UpdateRule;
import org.plumbline.worker.training.Length;
import org.plumbline.worker.training.LoopSettings;
import org.plumbline.worker.training.OptimizerSettings;
import org.plumbline.worker.training.Schedule;
import org.plumbline.worker.training.TrainingSettings;

import java.util.List;
import java.util.Optional;

/**
 * How an attack is done. Immutable.
 *
 * <p>Source of the defaults: {@code fairwashing/fairwashing} (4ce9fa4), {@code
 * script/fairwashing.py} and its documented example.
 *
 * @param alpha weight of the explanation loss, in [0, 1]; the answers have the rest
 * @param path parameters of integrated gradients
 * @param rules of LRP
 * @param softplus sharpness of what stands for ReLU meanwhile, where there are any
 * @param tangent what the attack knows of the projection it will meet; empty: nothing
 */
public record AttackSettings(
        ExplanationMethod method,
        double alpha,
        IntegratedGradients path,
        LrpComposite rules,
        ActivationSwap softplus,
        Optional<TangentSettings> tangent,
        TrainingSettings training) {
    /** Sharpness at which LRP is evaluated, where ReLU has no published form. */
    public static final ActivationSwap LRP_EVALUATION = new ActivationSwap(200);

    /** Neighbours and directions of the documented example; points of the reference itself. */
    public static final TangentSettings TANGENT = new TangentSettings(32, 16, TangentMode.MEMBER);

    private static final UpdateRule ADAM = new UpdateRule.Adam(0.9, 0.999, 1e-8, 0);

    /** Checks the range. */
    public AttackSettings {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException("alpha: " + alpha + " (expected: in [0, 1])");
        }
    }

    /** Returns what is published, without knowledge of a projection. */
    public static AttackSettings published(ExplanationMethod method, TrainingSettings training) {
        return new AttackSettings(
                method,
                0.8,
                IntegratedGradients.LEGACY,
                LrpComposite.fairwasher(Box.IMAGENET_EXTREMES),
                new ActivationSwap(method == ExplanationMethod.LRP ? 50 : 20),
                Optional.empty(),
                training);
    }

    /**
     * Returns Adam with a rate that falls to a tenth at each milestone.
     *
     * @param rate published: 5e-5
     * @param milestones epochs, from 0
     */
    public static TrainingSettings training(
            int epochs, int batchSize, double rate, List<Long> milestones, long seed) {
        Schedule schedule = new Schedule.MultiStep(Schedule.Unit.EPOCHS, milestones, 0.1);
        return new TrainingSettings(
                new LoopSettings(Length.epochs(epochs), batchSize, false, schedule, seed),
                new OptimizerSettings(ADAM, rate, Double.POSITIVE_INFINITY));
    }

    /**
     * Returns Adam with a rate that falls to 0 along half a cosine: fewer updates then leave the
     * answers as close to the teacher's as many do.
     *
     * @param steps updates, at least 1
     */
    public static TrainingSettings annealed(long steps, int batchSize, double rate, long seed) {
        Schedule schedule = new Schedule.Cosine(Schedule.Unit.STEPS, steps, 0);
        return new TrainingSettings(
                new LoopSettings(Length.steps(steps), batchSize, false, schedule, seed),
                new OptimizerSettings(ADAM, rate, Double.POSITIVE_INFINITY));
    }

    /** Returns a copy with another weight of the explanation loss. */
    public AttackSettings withAlpha(double weight) {
        return new AttackSettings(method, weight, path, rules, softplus, tangent, training);
    }

    /** Returns a copy with other parameters of integrated gradients. */
    public AttackSettings with(IntegratedGradients parameters) {
        return new AttackSettings(method, alpha, parameters, rules, softplus, tangent, training);
    }

    /** Returns a copy with other rules of LRP. */
    public AttackSettings with(LrpComposite other) {
        return new AttackSettings(method, alpha, path, other, softplus, tangent, training);
    }

    /** Returns a copy with another sharpness. */
    public AttackSettings with(ActivationSwap other) {
        return new AttackSettings(method, alpha, path, rules, other, tangent, training);
    }

    /** Returns a copy that knows of a projection. */
    public AttackSettings knowing(TangentSettings projection) {
        return new AttackSettings(
                method, alpha, path, rules, softplus, Optional.of(projection), training);
    }
}
