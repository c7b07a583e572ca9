package org.plumbline.plugin.host;

import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.TranslateException;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.concept.InputEncoder;
import org.plumbline.plugin.intercept.CapturingBlock;

import java.util.Locale;
import java.util.Optional;

/** Sends images through a predictor and keeps what arrives at its block. Thread-safe. */
final class TranslatorEncoder implements InputEncoder {
    private final Predictor<Input, Output> predictor;
    private final CapturingBlock block;

    TranslatorEncoder(Predictor<Input, Output> predictor, CapturingBlock block) {
        this.predictor = predictor;
        this.block = block;
    }

    @Override
    public synchronized FloatTensor encode(byte[] image, String name) {
        Input input = new Input();
        boolean png = name.toLowerCase(Locale.ROOT).endsWith(".png");
        input.addProperty("Content-Type", png ? "image/png" : "image/jpeg");
        input.add("data", image);
        try {
            predictor.predict(input);
        } catch (TranslateException | RuntimeException e) {
            // a model whose answer the engine cannot hand out has still been given its input
            Optional<FloatTensor> given = block.take();
            if (given.isPresent()) {
                return given.get();
            }
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    name + ": " + e.getMessage() + " (expected: an image for this model)",
                    e);
        }
        return block.take()
                .orElseThrow(
                        () ->
                                new AuditException(
                                        ErrorCode.BAD_DATA,
                                        name + ": the translator did not call the model"));
    }

    @Override
    public synchronized void close() {
        predictor.close();
    }
}
