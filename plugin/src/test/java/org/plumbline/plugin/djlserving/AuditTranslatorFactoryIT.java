package org.plumbline.plugin.djlserving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.translate.NoopServingTranslatorFactory;
import ai.djl.translate.Translator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.plugin.config.ServerConfig;
import org.plumbline.plugin.fixture.Eventually;
import org.plumbline.plugin.fixture.Http;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.intercept.AuditBlock;
import org.plumbline.plugin.metrics.AuditMeters;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The factory as DJL calls it, with the real engine and without a server. */
class AuditTranslatorFactoryIT {
    @TempDir Path folder;
    private AuditRuntime runtime;

    @BeforeEach
    void start() {
        ServerConfig config =
                new ServerConfig(
                        folder.resolve("cache"),
                        64,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        runtime = AuditRuntime.start(config, AuditMeters.standalone("test"));
        AuditTranslatorFactory.use(runtime);
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    @Test
    void theModelsOwnFactoryAnswersAndTheBlockIsWrappedOnce() throws Exception {
        Path archive = audited("features.8");
        byte[] plain;
        try (Model model = load(archive)) {
            plain =
                    predict(
                            model,
                            new NoopServingTranslatorFactory()
                                    .newInstance(Input.class, Output.class, model, Map.of()));
        }
        try (Model model = load(archive)) {
            Map<String, String> arguments = arguments(archive);
            Translator<Input, Output> translator =
                    new AuditTranslatorFactory()
                            .newInstance(Input.class, Output.class, model, arguments);
            assertThat(model.getBlock()).isInstanceOf(AuditBlock.class);
            Object wrapped = model.getBlock();
            new AuditTranslatorFactory().newInstance(Input.class, Output.class, model, arguments);
            assertThat(model.getBlock()).isSameAs(wrapped);
            assertThat(predict(model, translator)).isEqualTo(plain);
            Eventually.that(
                    "audited",
                    () -> runtime.meters().scrape().contains("outcome=\"audited\"} 1.0"));
            assertThat(runtime.meters().scrape()).contains("model_version=\"v7-");
        }
        Eventually.that(
                "series gone with the model", () -> !runtime.meters().scrape().contains("\"v7-"));
    }

    @Test
    void theHostsOwnModuleIsFreedOnceOursAnswers() throws Exception {
        Path archive = audited("features.8");
        try (Model model = load(archive)) {
            PtSymbolBlock loaded = (PtSymbolBlock) model.getBlock();
            Parameter weight = loaded.getDirectParameters().valueAt(0);
            assertThat(weight.getArray().toFloatArray()).isNotEmpty();
            new AuditTranslatorFactory()
                    .newInstance(Input.class, Output.class, model, arguments(archive));
            assertThatThrownBy(loaded::getHandle)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("released");
            assertThat(weight.isInitialized()).as("weights are kept").isFalse();
        }
    }

    @Test
    void aLayerThatCannotBeTappedLeavesThePlainModel() throws Exception {
        Path archive = audited("nowhere");
        try (Model model = load(archive)) {
            Object loaded = model.getBlock();
            Translator<Input, Output> translator =
                    new AuditTranslatorFactory()
                            .newInstance(Input.class, Output.class, model, arguments(archive));
            assertThat(model.getBlock()).isSameAs(loaded);
            assertThat(predict(model, translator)).isNotEmpty();
            assertThat(runtime.meters().scrape()).contains("state=\"misconfigured\"} 1.0");
        }
    }

    private Path audited(String layer) {
        return ModelFolders.audited(folder, "cnn", layer, "").resolve("model.pt");
    }

    private static Model load(Path archive) throws Exception {
        Model model = Model.newInstance("cnn", "PyTorch");
        model.load(archive.getParent(), "model.pt");
        return model;
    }

    private static Map<String, String> arguments(Path archive) {
        Map<String, String> arguments = new HashMap<>();
        arguments.put("translatorFactory", AuditTranslatorFactory.class.getName());
        arguments.put(
                AuditTranslatorFactory.OWN_FACTORY, NoopServingTranslatorFactory.class.getName());
        arguments.put(AuditTranslatorFactory.NAME, "served");
        arguments.put(AuditTranslatorFactory.VERSION, "v7");
        arguments.put(AuditTranslatorFactory.ARCHIVE, archive.toString());
        return arguments;
    }

    private static byte[] predict(Model model, Translator<Input, Output> translator)
            throws Exception {
        try (Predictor<Input, Output> predictor = model.newPredictor(translator)) {
            Input input = new Input();
            input.addProperty("Content-Type", "tensor/ndlist");
            input.add("data", Http.npy(ModelFolders.images().slice(0, 1)));
            return predictor.predict(input).getData().getAsBytes();
        }
    }
}
