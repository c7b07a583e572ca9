package org.plumbline.plugin.intercept;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

import org.plumbline.core.instrument.Projection;
import org.plumbline.core.tap.CavBank;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tap.PendingAudit;
import org.plumbline.core.tap.ProjectionBank;
import org.plumbline.core.tap.Sensitivities;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.window.ConceptSample;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A tapped model with the concepts it is audited for. Owns the concepts, and the model together
 * with those made from it by {@link #along}. Thread-safe.
 */
public final class TappedModule implements ServedModule {
    private final TappedModel model;
    private final AtomicInteger owners;
    private final CavBank bank;
    private final int random;
    private volatile Optional<Removals> removals = Optional.empty();
    private volatile List<PresenceRule> rules = List.of();
    private volatile List<Intervention> interventions = List.of();
    private volatile Optional<Shape> row = Optional.empty();

    /** Takes ownership of a model and a bank made by it. */
    public TappedModule(TappedModel model, CavBank bank) {
        this(model, bank, 0);
    }

    /**
     * Takes ownership of a model and a bank made by it.
     *
     * @param random the last CAVs of the bank that are random, fewer than all
     */
    public TappedModule(TappedModel model, CavBank bank, int random) {
        this(model, new AtomicInteger(1), bank, random);
    }

    private TappedModule(TappedModel model, AtomicInteger owners, CavBank bank, int random) {
        this.model = model;
        this.owners = owners;
        this.bank = bank;
        this.random = random;
    }

    /** Returns the model; borrowed. */
    public TappedModel model() {
        return model;
    }

    /**
     * Returns the same model audited along other directions, while this one may go on; the last of
     * them to be closed frees the model.
     *
     * @param cavs unit vectors, at least one
     * @param random the last CAVs that are random, fewer than all
     */
    public TappedModule along(List<DenseVector> cavs, int random) {
        CavBank other = model.bank(cavs);
        owners.incrementAndGet();
        return new TappedModule(model, owners, other, random);
    }

    /**
     * Removes concepts in a share of the audits from now on; once, before it serves.
     *
     * @param all one removal per concept, in the order of the bank; at least one
     * @param rate share of the audits, in [0, 1]; 0 never
     */
    public void removing(List<Intervention> all, double rate) {
        removals = rate > 0 ? Optional.of(Removals.of(model, all, rate)) : Optional.empty();
        interventions = List.copyOf(all);
    }

    /**
     * Reads from now on which concepts inputs carry; once, before it serves.
     *
     * @param all one rule per concept, in the order of the bank
     */
    public void watching(List<PresenceRule> all) {
        rules = List.copyOf(all);
    }

    /** Notes the shape of one input that the model takes; once, before it serves. */
    public void taking(Shape one) {
        row = Optional.of(one);
    }

    @Override
    public List<Intervention> removals() {
        return interventions;
    }

    @Override
    public ServedModule projected(Projection projection) {
        return new ProjectedModule(this, model.projection(projection));
    }

    /** Returns an input that the model takes, and the device it runs on. */
    Optional<ShapeWarmUp.Input> row() {
        return row.map(shape -> new ShapeWarmUp.Input(shape, DataType.FLOAT32, model.device()));
    }

    NDList forward(NDList inputs, ProjectionBank projection) {
        return model.forward(inputs, projection);
    }

    PendingReading answer(NDList inputs, ProjectionBank projection) {
        return reading(model.answer(inputs, projection), removals.filter(Removals::draw));
    }

    @Override
    public NDList forward(NDList inputs) {
        return model.forward(inputs);
    }

    @Override
    public NDArray logits(NDList inputs) {
        return model.logits(inputs);
    }

    @Override
    public String gradient() {
        return model.form().gradient();
    }

    @Override
    public PendingReading answer(NDList inputs) {
        Optional<Removals> drawn = removals.filter(Removals::draw);
        return reading(model.answer(inputs, drawn.isPresent()), drawn);
    }

    private PendingReading reading(PendingAudit pending, Optional<Removals> drawn) {
        return new PendingReading() {
            @Override
            public NDList outputs() {
                return pending.outputs();
            }

            @Override
            public long bytes() {
                return pending.bytes();
            }

            @Override
            public List<SampleReading> read(int target) {
                return readings(pending.finish(bank, target));
            }

            @Override
            public List<EffectReading> effects(int target) {
                return drawn.map(r -> r.read(pending, target)).orElse(List.of());
            }

            @Override
            public void close() {
                pending.close();
            }
        };
    }

    @Override
    public void close() {
        removals.ifPresent(Removals::close);
        try {
            bank.close();
        } finally {
            if (owners.decrementAndGet() == 0) {
                model.close();
            }
        }
    }

    private List<SampleReading> readings(Sensitivities read) {
        List<SampleReading> samples = new ArrayList<>(read.samples());
        for (int i = 0; i < read.samples(); i++) {
            int named = read.concepts() - random;
            List<ConceptSample> concepts = new ArrayList<>(named);
            for (int k = 0; k < named; k++) {
                concepts.add(
                        new ConceptSample(
                                read.mean(i, k),
                                read.meanAbsolute(i, k),
                                read.positive(i, k),
                                read.negative(i, k)));
            }
            samples.add(
                    new SampleReading(read.target(i), concepts, pool(read, i), presence(read, i)));
        }
        return samples;
    }

    private Optional<DenseVector> pool(Sensitivities read, int i) {
        if (random == 0) {
            return Optional.empty();
        }
        float[] means = new float[random];
        for (int r = 0; r < random; r++) {
            means[r] = read.mean(i, read.concepts() - random + r);
        }
        return Optional.of(DenseVector.copyOf(means));
    }

    private Optional<DenseVector> presence(Sensitivities read, int i) {
        List<PresenceRule> all = rules;
        if (all.isEmpty()) {
            return Optional.empty();
        }
        float[] present = new float[all.size()];
        for (int k = 0; k < present.length; k++) {
            present[k] = all.get(k).of(read, i, k);
        }
        return Optional.of(DenseVector.copyOf(present));
    }
}
