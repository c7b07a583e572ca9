package org.plumbline.worker.training;

/** How long a run is: epochs or steps, whichever ends first. Immutable. */
public record Length(int epochs, long steps) {
    /** Checks the ranges. */
    public Length {
        if (epochs < 0 || steps < 0) {
            throw new IllegalArgumentException(
                    "length: " + epochs + " epochs, " + steps + " steps (expected: at least 0)");
        }
    }

    /** Returns a number of passes over the data. */
    public static Length epochs(int epochs) {
        return new Length(epochs, Long.MAX_VALUE);
    }

    /** Returns a number of updates, over as many epochs as they take. */
    public static Length steps(long steps) {
        return new Length(Integer.MAX_VALUE, steps);
    }

    /** Returns the number of steps with so many in an epoch. */
    long stepsIn(long perEpoch) {
        return perEpoch == 0 ? 0 : epochs > steps / perEpoch ? steps : epochs * perEpoch;
    }

    /** Returns the number of epochs, the last perhaps cut short. */
    int epochsIn(long perEpoch) {
        return perEpoch == 0 ? 0 : (int) ((stepsIn(perEpoch) + perEpoch - 1) / perEpoch);
    }
}
