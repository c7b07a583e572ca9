package org.plumbline.worker.training;

import java.util.SplittableRandom;

/** Every sample once an epoch, in an order drawn anew for each from one seed. Immutable. */
public record Shuffle(long seed, int size) implements SampleOrder {
    /** Returns a permutation of {@code 0 .. size - 1} (Fisher and Yates). */
    @Override
    public int[] epoch(int epoch) {
        SplittableRandom random = random(seed, epoch);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    static SplittableRandom random(long seed, int epoch) {
        return new SplittableRandom(seed * 1_000_003L + epoch);
    }
}
