package org.plumbline.plugin.delivery;

import ai.djl.ndarray.types.Shape;

import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.TappedModule;
import org.plumbline.plugin.pipeline.TestPlan;

/**
 * A version that could serve. Immutable.
 *
 * @param served its hold is the receiver's
 * @param module what it serves; valid as long as the hold
 * @param concepts it is audited along
 * @param row shape of one sample as a request {@code [1, c, h, w]}
 * @param logits on the probe inputs, {@code [n, classes]}
 * @param baselines of the version
 * @param tests of its series
 */
record Staged(
        Served served,
        TappedModule module,
        ConceptSet concepts,
        Shape row,
        FloatTensor logits,
        BaselineFile baselines,
        TestPlan tests) {}
