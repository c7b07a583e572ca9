package org.plumbline.worker.correction.pruning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

import org.plumbline.core.tap.NativeOperators;
import org.plumbline.core.tap.Operands;

import java.util.SplittableRandom;

/** Uniform variables of one step; the same whenever asked, so that none need be kept. */
@FunctionalInterface
interface GateNoise {
    /**
     * Draws those of one weight.
     *
     * @param unit scope they hang on
     * @param weight number of the weight
     * @param like {@code [...]}
     * @return {@code [2, ...]} in [0, 1)
     */
    NDArray uniforms(NDManager unit, int weight, NDArray like);

    /** Returns draws that follow from seed, step and weight; seeds the engine's generator. */
    static GateNoise of(NativeOperators operators, long seed, long step) {
        return (unit, weight, like) -> {
            long mixed = new SplittableRandom(seed * 0x9e37_79b9L + step).nextLong() + weight;
            JniUtils.setSeed(new SplittableRandom(mixed).nextLong() & Long.MAX_VALUE);
            return operators.callOne("plumbline_uniforms", Operands.in(unit).tensor(like));
        };
    }
}
