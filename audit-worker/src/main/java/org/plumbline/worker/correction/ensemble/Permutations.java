package org.plumbline.worker.correction.ensemble;

import org.plumbline.worker.training.Shuffle;

/** Which sample's bias features another one gets. */
final class Permutations {
    private Permutations() {}

    /** Returns a permutation of {@code 0 .. size - 1}, the same for the same seed and step. */
    static int[] of(long seed, long step, int size) {
        return new Shuffle(seed ^ 0x5_11ad_e125L, size).epoch(Math.toIntExact(step));
    }
}
