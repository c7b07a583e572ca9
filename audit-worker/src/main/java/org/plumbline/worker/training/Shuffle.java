package org.plumbline.worker.training;

import java.util.SplittableRandom;

/** The order of samples, drawn anew for every epoch from one seed. Immutable. */
record Shuffle(long seed, int size) {
    /** Returns a permutation of {@code 0 .. size - 1} (Fisher and Yates). */
    int[] epoch(int epoch) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003L + epoch);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
