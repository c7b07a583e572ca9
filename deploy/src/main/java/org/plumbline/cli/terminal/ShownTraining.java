package org.plumbline.cli.terminal;

import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Shows training as it goes on; ends it when the thread is interrupted. Confined to one thread.
 *
 * @param phase what is shown as going on
 * @param text what stands behind the bar
 */
public record ShownTraining(Progress progress, String phase, Function<TrainingStep, String> text)
        implements TrainingListener {
    @Override
    public void onStep(TrainingStep step) {
        progress.show(phase, step.step(), step.steps(), text.apply(step));
    }

    @Override
    public boolean cancelled() {
        return Thread.currentThread().isInterrupted();
    }

    /** Returns the named losses of a step as text, three digits each. */
    public static String losses(TrainingStep step, String... names) {
        return Arrays.stream(names)
                .map(name -> String.format(Locale.ROOT, "%s %.3g", name, loss(step, name)))
                .collect(Collectors.joining("  "));
    }

    private static double loss(TrainingStep step, String name) {
        return step.losses().getOrDefault(name, 0.0);
    }
}
