package org.plumbline.plugin.delivery;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.core.tap.AuditForm;
import org.plumbline.core.tap.CavBank;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.intercept.Sampler;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.intercept.ShapeProbe;
import org.plumbline.plugin.intercept.TappedModule;
import org.plumbline.plugin.pipeline.TestPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Brings an archive to the point where it could serve: loads it, fits the concepts, warms it up,
 * checks it. Nothing is left behind when a step fails. Thread-safe.
 */
final class Stager {
    private static final Logger LOG = LoggerFactory.getLogger(Stager.class);
    private static final int BATCH = 16;
    private static final int PROBES = 8;
    private static final double DRIFT_ERROR = 0.01;
    private static final AtomicLong GENERATIONS = new AtomicLong();

    private final ModelKey key;
    private final AuditConfig config;
    private final ModelCache cache;
    private final Device device;
    private final LoopProbe loops = new LoopProbe();

    Stager(ModelKey key, AuditConfig config, ModelCache cache, Device device) {
        this.key = key;
        this.config = config;
        this.cache = cache;
        this.device = device;
    }

    /**
     * Stages an archive. Before anything of it runs here, one with a loop of unstated length runs
     * in a child process.
     *
     * @param concepts at least one
     * @throws AuditException {@code BAD_ARCHIVE}, {@code LAYER_NOT_TAPPABLE} or {@code BAD_DATA}
     */
    Staged stage(Path archive, List<ConceptExamples> concepts) {
        loops.requireEnding(archive, probe(probes(concepts.get(0).positives())));
        Path work = cache.workFolder();
        TappedModel model;
        try {
            model =
                    TappedModel.load(
                            archive, new TapSpec(config.layer(), config.output(), work, device));
        } catch (RuntimeException | LinkageError e) {
            sweep(work);
            throw e;
        }
        try {
            return stage(model, concepts);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private Staged stage(TappedModel model, List<ConceptExamples> concepts) {
        List<DenseVector> cavs = new ArrayList<>();
        List<ConceptId> names = new ArrayList<>();
        Map<ConceptId, CavQuality> qualities = new HashMap<>();
        List<Intervention> removals = new ArrayList<>();
        RandomPool pool = new RandomPool();
        for (ConceptExamples concept : concepts) {
            LabelledActivations activations = activations(model, concept, pool);
            CavFit fit = fit(activations, concept);
            names.add(concept.name());
            cavs.add(fit.direction());
            removals.add(removal(activations, fit, concept));
            qualities.put(concept.name(), quality(activations, fit, concept));
        }
        FloatTensor inputs = probes(concepts.get(0).positives());
        model.settle(inputs);
        AuditBasis basis = AuditBasis.of(model.digest(), config, concepts);
        int random =
                model.form() != AuditForm.FINITE_DIFFERENCES
                        ? config.significance().randomCavs()
                        : 0;
        if (random > 0) { // central differences would take two forward passes for each
            cavs.addAll(pool.draw(random, config.significance().seed().orElse(basis.seed())));
        }
        CavBank bank = model.bank(cavs);
        try {
            TappedModule module = new TappedModule(model, bank, random);
            long generation = GENERATIONS.incrementAndGet();
            Sampler sampler = new Sampler(config.sampling(), generation);
            Shape row = new Shape(inputs.slice(0, 1).shape()); // most requests carry one
            module.removing(removals, row);
            ShapeProbe probe = new ShapeProbe(device, config.target());
            sampler.probed(row, probe.run(module, row, DataType.FLOAT32));
            Served served =
                    new Served(
                            ServedId.of(key, model.digest()),
                            generation,
                            model.digest(),
                            config.layer(),
                            names,
                            qualities,
                            module,
                            sampler);
            FloatTensor logits = model.logits(inputs, PROBES);
            return new Staged(served, logits, tests(basis, names.size(), logits));
        } catch (RuntimeException e) {
            bank.close();
            throw e;
        }
    }

    private ProbeRequest probe(FloatTensor inputs) {
        List<Long> shape = Arrays.stream(inputs.shape()).boxed().toList();
        return new ProbeRequest(
                shape, Optional.of(config.layer()), config.output(), config.probe());
    }

    private TestPlan tests(AuditBasis basis, int concepts, FloatTensor logits) {
        int classes = config.target() == AuditConfig.PREDICTED ? logits.extent(1) : 1;
        return new TestPlan(
                Math.multiplyExact(concepts, classes),
                DRIFT_ERROR,
                config.window().samples(),
                BaselineFile.open(cache, basis));
    }

    private LabelledActivations activations(
            TappedModel model, ConceptExamples concept, RandomPool pool) {
        FloatTensor with = pooled(model, concept.positives(), concept, "positives");
        FloatTensor without = pooled(model, concept.negatives(), concept, "negatives");
        LabelledActivations labelled = LabelledActivations.ofGroups(with, without);
        pool.add(with, without);
        return labelled;
    }

    private static CavFit fit(LabelledActivations activations, ConceptExamples concept) {
        try {
            return concept.cav().fit(activations);
        } catch (AuditException e) {
            throw new AuditException(
                    e.code(), "concept " + concept.name() + ": " + e.getMessage(), e);
        }
    }

    /** Moves the activation to the mean level of the examples without the concept. */
    private static Intervention removal(
            LabelledActivations activations, CavFit fit, ConceptExamples concept) {
        double clean = activations.meanLengths(fit.direction()).clean();
        return new Intervention(fit.direction(), clean, 1, concept.pooling() == Pooling.MAX);
    }

    private CavQuality quality(
            LabelledActivations activations, CavFit fit, ConceptExamples concept) {
        CavQuality quality = CavQuality.of(activations, fit, QualityBounds.STANDARD);
        quality.poor()
                .ifPresent(
                        reason ->
                                LOG.warn(
                                        "{}: concept {}: poor CAV, raises no alert: {}",
                                        key,
                                        concept.name(),
                                        reason));
        return quality;
    }

    private FloatTensor pooled(
            TappedModel model, FloatTensor inputs, ConceptExamples concept, String side) {
        List<FloatTensor> parts = new ArrayList<>();
        try {
            for (int from = 0; from < inputs.rows(); from += BATCH) {
                FloatTensor batch = inputs.slice(from, Math.min(from + BATCH, inputs.rows()));
                parts.add(concept.pooling().pool(model.observe(batch).activation()));
            }
        } catch (AuditException e) { // about the output, not the examples
            throw e;
        } catch (RuntimeException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    "concept "
                            + concept.name()
                            + ": "
                            + side
                            + " "
                            + Arrays.toString(inputs.shape())
                            + " (expected: inputs of the model): "
                            + e.getMessage(),
                    e);
        }
        return FloatTensor.concat(parts);
    }

    private static FloatTensor probes(FloatTensor inputs) {
        return inputs.slice(0, Math.min(PROBES, inputs.rows()));
    }

    private static void sweep(Path work) {
        try {
            Files.deleteIfExists(work);
        } catch (IOException e) {
            work.toFile().deleteOnExit();
        }
    }

    /**
     * A version that could serve.
     *
     * @param served its hold is the receiver's
     * @param logits on the probe inputs, {@code [n, classes]}
     * @param tests of its series
     */
    record Staged(Served served, FloatTensor logits, TestPlan tests) {}
}
