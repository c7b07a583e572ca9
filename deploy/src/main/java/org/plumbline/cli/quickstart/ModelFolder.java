package org.plumbline.cli.quickstart;

import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.Picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The folder a server loads: archive, translator settings, class names, audit settings. */
final class ModelFolder {
    /** Name the model is served by. */
    static final String NAME = "fashion";

    /** Layer that is audited: the last convolution. */
    static final String LAYER = "features.8";

    private static final int EXAMPLES = 100;

    private ModelFolder() {}

    /**
     * Writes the folder.
     *
     * @param window audited samples the live numbers look back on
     * @return the served archive
     */
    static Path write(Path models, Path archive, BiasedSet data, int window, int workerPort)
            throws IOException {
        Path folder = Files.createDirectories(models.resolve(NAME));
        Path served = Files.copy(archive, folder.resolve(NAME + ".pt"));
        Files.writeString(
                folder.resolve("serving.properties"),
                """
                engine=PyTorch
                option.modelName=fashion
                translatorFactory=ai.djl.modality.cv.translator.ImageClassificationTranslatorFactory
                width=28
                height=28
                flag=GRAYSCALE
                applySoftmax=true
                topK=10
                """);
        Files.write(folder.resolve("synset.txt"), FashionBias.CLASSES);
        Files.writeString(
                folder.resolve("plumbline.yaml"),
                String.format(
                        Locale.ROOT,
                        """
                layer: %s
                target: %d
                sampling: {rate: 1.0}
                window: {samples: %d}
                concepts:
                  - name: %s
                    positives: concepts/with
                    negatives: concepts/without
                    cav: signal
                    pooling: max
                worker: {target: 'localhost:%d'}
                """,
                        LAYER,
                        FashionBias.TARGET,
                        window,
                        FashionBias.CONCEPT,
                        workerPort));
        writeImages(
                folder.resolve("concepts/with"), data.examples(FashionBias.TARGET, true, EXAMPLES));
        writeImages(
                folder.resolve("concepts/without"),
                data.examples(FashionBias.TARGET, false, EXAMPLES));
        return served;
    }

    private static void writeImages(Path folder, List<Picture> images) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < images.size(); i++) {
            Files.write(
                    folder.resolve(String.format(Locale.ROOT, "%04d.png", i)), images.get(i).png());
        }
    }
}
