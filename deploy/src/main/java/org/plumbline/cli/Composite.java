package org.plumbline.cli;

import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;

/** Composites of layer-wise relevance propagation that the command line knows by name. */
enum Composite {
    EPSILON,
    EPSILON_PLUS,
    EPSILON_PLUS_FLAT,
    EPSILON_ALPHA2_BETA1,
    EPSILON_ALPHA2_BETA1_FLAT,
    FAIRWASHER;

    /** Returns its rules. */
    LrpComposite rules() {
        return switch (this) {
            case EPSILON -> LrpComposite.EPSILON;
            case EPSILON_PLUS -> LrpComposite.EPSILON_PLUS;
            case EPSILON_PLUS_FLAT -> LrpComposite.EPSILON_PLUS_FLAT;
            case EPSILON_ALPHA2_BETA1 -> LrpComposite.EPSILON_ALPHA2_BETA1;
            case EPSILON_ALPHA2_BETA1_FLAT -> LrpComposite.EPSILON_ALPHA2_BETA1_FLAT;
            case FAIRWASHER -> LrpComposite.fairwasher(Box.IMAGENET_EXTREMES);
        };
    }

    /** Returns its rules with zB between bounds for the layers that see the pixels. */
    LrpComposite rules(double low, double high) {
        return rules().withFirst(Box.between(low, high));
    }
}
