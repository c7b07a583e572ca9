package org.plumbline.worker.job;

import ai.djl.engine.EngineException;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.worker.correction.ConceptFitter;
import org.plumbline.worker.evaluation.Assessment;
import org.plumbline.worker.evaluation.ConceptProbe;
import org.plumbline.worker.evaluation.Evaluator;
import org.plumbline.worker.evaluation.LoadedModel;
import org.plumbline.worker.evaluation.ModelUnderTest;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Measures archives with the real engine; each call loads and closes the model. Thread-safe. */
public final class EngineAssessor implements Assessor {
    private static final QualityBounds QUALITY = QualityBounds.STANDARD.with(0, 0);

    @Override
    public Optional<ConceptProbe> probe(Path archive, Setting setting) {
        RepairRecipe recipe = setting.recipe();
        if (recipe.layer().isEmpty() || recipe.concept().isEmpty()) {
            return Optional.empty();
        }
        ConceptFitter.Fitted fitted = fit(archive, setting);
        CavQuality quality = CavQuality.of(fitted.examples(), fitted.fit(), QUALITY);
        return Optional.of(
                new ConceptProbe(
                        fitted.cav(), recipe.targetClass(), pooling(recipe), Optional.of(quality)));
    }

    @Override
    public ConceptFitter.Fitted fit(Path archive, Setting setting) {
        RepairRecipe recipe = setting.recipe();
        LayerPath layer = recipe.layer().orElseThrow();
        Map<String, String> parameters = recipe.parameters();
        ConceptFitter.Wanted wanted =
                new ConceptFitter.Wanted(
                        recipe.concept().orElseThrow(),
                        recipe.targetClass(),
                        CavKind.parse(parameters.getOrDefault("cav", CavKind.SIGNAL.label())),
                        pooling(recipe));
        TapSpec spec = new TapSpec(layer, setting.workDirectory(), setting.device());
        try (TappedModel model = TappedModel.load(archive, spec)) {
            return ConceptFitter.fit(model, setting.data(), wanted);
        } catch (EngineException e) {
            throw LoadedModel.refused(setting.data().inputs(0), e);
        }
    }

    @Override
    public Assessment assess(Path archive, Optional<ConceptProbe> probe, Setting setting) {
        try (ModelUnderTest model = load(archive, probe, setting)) {
            Evaluator evaluator = new Evaluator(model, setting.data(), setting.cancelled());
            return probe.isPresent()
                    ? evaluator.evaluate(probe.get())
                    : evaluator.accuracies(setting.recipe().concept());
        }
    }

    private static Pooling pooling(RepairRecipe recipe) {
        return Pooling.ofChannels(recipe.parameters().getOrDefault("pooling", "max"));
    }

    private static ModelUnderTest load(
            Path archive, Optional<ConceptProbe> probe, Setting setting) {
        return probe.isPresent()
                ? LoadedModel.tapped(
                        archive,
                        probe.get().cav().layer(),
                        setting.workDirectory(),
                        setting.device())
                : LoadedModel.plain(archive, setting.device());
    }
}
