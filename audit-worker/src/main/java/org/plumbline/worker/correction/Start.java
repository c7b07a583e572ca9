package org.plumbline.worker.correction;

import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Initialiser;
import org.plumbline.core.torchscript.Initialiser.Convolutions;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a method trains, and where that begins: at deployed values, or drawn anew by the rules of
 * the layers, as methods published for training from scratch demand. Immutable.
 *
 * @param scope which parameters are trained
 * @param convolutions how weights of convolutions are drawn
 */
public record Start(Scope scope, Origin origin, Convolutions convolutions) {
    /** Reads {@code trainable}, {@code start} and {@code initialisation}. */
    static Start read(Parameters parameters) {
        return new Start(
                parameters.choice("trainable", Scope.ALL, Scope.class),
                parameters.choice("start", Origin.DEPLOYED, Origin.class),
                parameters.choice("initialisation", Convolutions.UNIFORM, Convolutions.class));
    }

    static Start deployed(Scope scope) {
        return new Start(scope, Origin.DEPLOYED, Convolutions.UNIFORM);
    }

    /**
     * Draws what is trained if wanted, and where that is everything the running statistics too.
     * What no rule covers stays as deployed, and whoever listens is told.
     */
    void begin(CorrectionRun run, TrainableModel model) {
        if (origin == Origin.DEPLOYED) {
            return;
        }
        Initialiser initialiser = new Initialiser(run.archive(), convolutions);
        long seed = run.task().correction().training().loop().seed();
        Map<String, FloatTensor> drawn = new LinkedHashMap<>(initialiser.draw(seed));
        if (scope != Scope.ALL) {
            drawn.keySet().retainAll(run.trained(scope));
        }
        model.restore(drawn);
        if (!initialiser.kept().isEmpty()) {
            run.warn("start: no rule to draw " + initialiser.kept() + ": kept as deployed");
        }
    }
}
