package org.plumbline.plugin.delivery;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.core.tap.AuditForm;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.concept.ConceptExamples;
import org.plumbline.plugin.concept.ConceptFitter;
import org.plumbline.plugin.concept.ConceptLibrary;
import org.plumbline.plugin.concept.FitJournal;
import org.plumbline.plugin.concept.FittedConcept;
import org.plumbline.plugin.concept.LibraryConcept;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.intercept.ShapeProbe;
import org.plumbline.plugin.intercept.TappedModule;
import org.plumbline.plugin.pipeline.TestPlan;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings an archive to the point where it could serve: loads it, fits the concepts, warms it up,
 * checks it; and what serves to the point where it could be audited along other concepts. Nothing
 * is left behind when a step fails. Thread-safe.
 */
final class Stager {
    private static final int PROBES = 8;
    private static final double DRIFT_ERROR = 0.01;
    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final ModelKey key;
    private final AuditConfig config;
    private final ModelCache cache;
    private final Device device;
    private final LibraryFits fits;
    private final LoopProbe loops = new LoopProbe();

    Stager(AuditedModel.Parts parts) {
        key = parts.key();
        config = parts.config();
        cache = parts.cache();
        device = parts.device();
        fits = new LibraryFits(parts);
    }

    /** Returns where fits are recorded. */
    FitJournal journal() {
        return fits.journal();
    }

    /**
     * Stages an archive. Before anything of it runs here, one with a loop of unstated length runs
     * in a child process. An uploaded concept that cannot be fitted is left out, and logged.
     *
     * @throws AuditException {@code BAD_ARCHIVE}, {@code LAYER_NOT_TAPPABLE} or {@code BAD_DATA}
     */
    Staged stage(Path archive, ConceptLibrary library) {
        requireEnding(archive, library);
        FloatTensor inputs = library.sample(PROBES);
        Path work = cache.workFolder();
        TappedModel model;
        try {
            model =
                    TappedModel.load(
                            archive, new TapSpec(config.layer(), config.output(), work, device));
        } finally {
            cache.remove(work); // read whole; a process that is killed leaves nothing behind
        }
        try {
            return stage(model, library, inputs);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Returns once the archive may run in this process. */
    void requireEnding(Path archive, ConceptLibrary library) {
        loops.requireEnding(archive, probe(library.sample(PROBES)));
    }

    /**
     * Stages what serves with a concept added or replaced; others keep their CAVs, and the module
     * is shared.
     *
     * @throws AuditException {@code BAD_DATA} if the concept cannot be fitted
     */
    Staged with(Staged live, LibraryConcept concept, ConceptExamples examples) {
        FittedConcept fitted = fits.fit(live.module().model(), concept, examples).concept();
        long generation = GENERATIONS.incrementAndGet();
        return along(live, live.concepts().with(fitted, generation), generation);
    }

    /**
     * Stages what serves without a concept.
     *
     * @throws AuditException {@code FAILED_PRECONDITION} if there is no other
     */
    Staged without(Staged live, ConceptId name) {
        ConceptSet left = live.concepts().without(name);
        if (left.fitted().isEmpty()) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION, "concept", name, "not the only one audited");
        }
        return along(live, left, GENERATIONS.incrementAndGet());
    }

    private Staged along(Staged live, ConceptSet set, long generation) {
        TappedModule module =
                live.module().along(set.directions(), set.random().directions().size());
        try {
            // before any request waits for the engine to compile for the bank's new size
            ready(module, set, live.served().sampler(), live.row());
            Served served = live.served().along(set.audit(generation), module);
            FloatTensor logits = live.logits();
            TestPlan tests = tests(live.baselines(), set, logits);
            return new Staged(served, module, set, live.row(), logits, live.baselines(), tests);
        } catch (RuntimeException e) {
            module.close();
            throw e;
        }
    }

    private Staged stage(TappedModel model, ConceptLibrary library, FloatTensor inputs) {
        Map<ConceptId, String> unfit = new HashMap<>();
        List<ConceptFitter.Fitted> fitted = fits.fit(model, library, unfit);
        model.settle(inputs);
        AuditBasis basis = AuditBasis.of(model.digest(), config);
        long generation = GENERATIONS.incrementAndGet();
        ConceptSet set =
                ConceptSet.first(
                        fitted.stream().map(ConceptFitter.Fitted::concept).toList(),
                        unfit,
                        random(model, fitted, basis),
                        generation);
        TappedModule module =
                new TappedModule(
                        model, model.bank(set.directions()), set.random().directions().size());
        Sampler sampler = new Sampler(config.sampling(), generation);
        Shape row = new Shape(inputs.slice(0, 1).shape()); // most requests carry one
        ready(module, set, sampler, row);
        Served.Audit audit = set.audit(generation);
        Served served =
                new Served(
                        ServedId.of(key, model.digest()),
                        generation,
                        model.digest(),
                        config.layer(),
                        audit.concepts(),
                        audit.qualities(),
                        module,
                        sampler);
        FloatTensor logits = model.logits(inputs, PROBES);
        BaselineFile baselines = BaselineFile.open(cache, basis);
        TestPlan tests = tests(baselines, set, logits);
        return new Staged(served, module, set, row, logits, baselines, tests);
    }

    /** Equips a module with all that is read of the concepts, and calls it until it is fast. */
    private void ready(TappedModule module, ConceptSet set, Sampler sampler, Shape row) {
        module.removing(set.removals(), config.effect().rate());
        module.watching(set.rules());
        module.taking(row);
        ShapeProbe probe = new ShapeProbe(device, config.target());
        sampler.probed(row, probe.run(module, row, DataType.FLOAT32));
    }

    private RandomPool.Draw random(
            TappedModel model, List<ConceptFitter.Fitted> fitted, AuditBasis basis) {
        int count =
                model.form() == AuditForm.FINITE_DIFFERENCES
                        ? 0 // central differences would take two forward passes for each
                        : config.significance().randomCavs();
        RandomPool pool = new RandomPool();
        fitted.forEach(fit -> pool.add(fit.with(), fit.without()));
        return pool.draw(count, config.significance().seed().orElse(basis.seed()));
    }

    private ProbeRequest probe(FloatTensor inputs) {
        List<Long> shape = Arrays.stream(inputs.shape()).boxed().toList();
        return new ProbeRequest(
                shape, Optional.of(config.layer()), config.output(), config.probe());
    }

    /** Half of the error is kept for concepts that come later: 1/4, 1/12, 1/24 and so on. */
    private TestPlan tests(BaselineFile baselines, ConceptSet set, FloatTensor logits) {
        int classes = config.target() == AuditConfig.PREDICTED ? logits.extent(1) : 1;
        double change = set.changes();
        double share = change == 0 ? 0.5 : 0.5 / (change * (change + 1));
        return new TestPlan(
                set.fitted().size(),
                classes,
                share * DRIFT_ERROR,
                config.window().samples(),
                set.random().degrees(),
                baselines.along(set.contents()));
    }
}
