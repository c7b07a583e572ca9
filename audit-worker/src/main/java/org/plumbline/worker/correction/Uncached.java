package org.plumbline.worker.correction;

import org.plumbline.core.model.LayerPath;

/** Why activations at a layer cannot be computed once. */
final class Uncached {
    private Uncached() {}

    /** Returns one line for the job. */
    static String because(boolean trainedBelow, LayerPath layer) {
        return trainedBelow
                ? "layers below " + layer + " are trained too: trained from images, not cached"
                : "stochastic layers below "
                        + layer
                        + ": caching would not be exact, trained from images";
    }
}
