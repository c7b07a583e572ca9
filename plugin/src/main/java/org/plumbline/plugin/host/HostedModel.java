package org.plumbline.plugin.host;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.Translator;

import org.plumbline.plugin.intercept.ServedId.ModelKey;

import java.nio.file.Path;

/**
 * A model a host has just loaded and not yet handed to any predictor.
 *
 * @param key what the server calls it
 * @param folder with the archive and perhaps {@code plumbline.yaml}
 * @param archive the model file
 * @param model loaded; its block may be replaced
 * @param translator the model's own
 */
public record HostedModel(
        ModelKey key,
        Path folder,
        Path archive,
        Model model,
        Translator<Input, Output> translator) {}
