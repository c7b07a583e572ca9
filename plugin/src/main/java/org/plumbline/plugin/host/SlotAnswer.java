package org.plumbline.plugin.host;

import ai.djl.ndarray.NDList;

import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedSlot;

import java.util.function.UnaryOperator;

/** Answers through what is served now, without an audit. Thread-safe. */
record SlotAnswer(ServedSlot slot) implements UnaryOperator<NDList> {
    @Override
    public NDList apply(NDList inputs) {
        Served served = slot.acquire();
        try {
            return served.module().forward(inputs);
        } finally {
            served.release();
        }
    }
}
