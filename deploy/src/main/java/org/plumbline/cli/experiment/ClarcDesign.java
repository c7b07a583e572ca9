package org.plumbline.cli.experiment;

import org.plumbline.cli.quickstart.FashionBias;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.IdxSet;
import org.plumbline.worker.generator.PictureSet;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Corrections along a concept, of models that plain training biased. Confined to one thread. */
final class ClarcDesign implements Design {
    private final Path images;
    private final Path models;
    private final ExperimentScale scale;
    private final MethodDefaults defaults = MethodDefaults.load("clarc-methods.yaml");

    ClarcDesign(Path images, Path models, ExperimentScale scale) {
        this.images = images;
        this.models = models;
        this.scale = scale;
    }

    @Override
    public Map<String, String> parameters(Cell cell) {
        Map<String, String> parameters =
                defaults.parameters(cell.entry(), List.of(cell.set()), cell.seed());
        boolean trains = !parameters.getOrDefault("epochs", "0").equals("0");
        if (scale.correctionEpochs() > 0 && trains) {
            parameters.put("epochs", String.valueOf(scale.correctionEpochs()));
        }
        return parameters;
    }

    @Override
    public String method(Cell cell) {
        return defaults.method(cell.entry());
    }

    @Override
    public BiasedSet data(Cell cell) {
        return Study.of(cell.set())
                .biased(
                        IdxSet.read(images, "train", scale.trainingImages()),
                        measured(),
                        cell.seed());
    }

    /** Returns test images, or training images behind those that are trained on. */
    private PictureSet measured() {
        int training = scale.trainingImages();
        return scale.choosing()
                ? IdxSet.read(images, "train", training + scale.testImages())
                        .range(training, training + scale.testImages())
                : IdxSet.read(images, "t10k", scale.testImages());
    }

    @Override
    public void writeBase(Cell cell, Path data, Path to, Repairs repairs) {
        Map<String, String> parameters =
                new TreeMap<>(FashionBias.training(scale.trainingEpochs()));
        parameters.put("seed", String.valueOf(cell.seed()));
        Path network = models.resolve(Study.of(cell.set()).network());
        repairs.run(
                new LocalCorrection.Request(
                        network,
                        data,
                        "vanilla",
                        parameters,
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        to));
    }

    @Override
    public LocalCorrection.Request request(Cell cell, Places places) {
        return new LocalCorrection.Request(
                places.base(),
                places.data(),
                method(cell),
                parameters(cell),
                Optional.of(new LayerPath(FashionBias.LAYER)),
                Optional.of(new ConceptId(Study.of(cell.set()).concept())),
                OptionalInt.of(Study.TARGET),
                places.output());
    }
}
