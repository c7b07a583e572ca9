package org.plumbline.worker.training;

import java.util.List;

/**
 * How a learning rate changes over a run, as a factor of its first value. Times are epochs or
 * steps, both from 0, as {@link Unit} says. Immutable.
 *
 * <p>Source: PyTorch, {@code torch.optim.lr_scheduler}, closed forms.
 */
public sealed interface Schedule {

    /** What a schedule counts. */
    enum Unit {
        /** Passes over the data. */
        EPOCHS,
        /** Updates. */
        STEPS;

        long of(int epoch, long step) {
            return this == EPOCHS ? epoch - 1L : step;
        }
    }

    /**
     * Returns the factor of a step.
     *
     * @param epoch from 1
     * @param step from 0
     */
    double factor(int epoch, long step);

    /** The first value throughout. */
    record Constant() implements Schedule {
        @Override
        public double factor(int epoch, long step) {
            return 1;
        }
    }

    /**
     * Times {@code gamma} every so often ({@code StepLR}).
     *
     * @param every at least 1
     * @param gamma above 0
     */
    record Stepped(Unit unit, long every, double gamma) implements Schedule {
        /** Checks the ranges. */
        public Stepped {
            requirePositive("every", (double) every);
            requirePositive("gamma", gamma);
        }

        @Override
        public double factor(int epoch, long step) {
            long times = unit.of(epoch, step) / every;
            return Math.pow(gamma, (double) times);
        }
    }

    /**
     * Times {@code gamma} at each milestone ({@code MultiStepLR}).
     *
     * @param milestones times from which a further factor holds
     * @param gamma above 0
     */
    record MultiStep(Unit unit, List<Long> milestones, double gamma) implements Schedule {
        /** Copies the list and checks the range. */
        public MultiStep {
            milestones = List.copyOf(milestones);
            requirePositive("gamma", gamma);
        }

        @Override
        public double factor(int epoch, long step) {
            long now = unit.of(epoch, step);
            return Math.pow(gamma, (double) milestones.stream().filter(m -> m <= now).count());
        }
    }

    /**
     * Half a cosine from 1 down to a floor ({@code CosineAnnealingLR}), constant after it.
     *
     * @param length time until the floor, at least 1
     * @param floor in [0, 1]
     */
    record Cosine(Unit unit, long length, double floor) implements Schedule {
        /** Checks the ranges. */
        public Cosine {
            requirePositive("length", (double) length);
            if (!(floor >= 0 && floor <= 1)) {
                throw new IllegalArgumentException("floor: " + floor + " (expected: in [0, 1])");
            }
        }

        @Override
        public double factor(int epoch, long step) {
            double share = Math.min(1, (double) unit.of(epoch, step) / length);
            return floor + (1 - floor) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}
