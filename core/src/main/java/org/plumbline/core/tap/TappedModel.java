package org.plumbline.core.tap;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.AuditCopy;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.Projection;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * A TorchScript archive loaded with audit methods at one layer; its {@code forward} is unchanged.
 *
 * <p>Loading checks the file, writes an instrumented copy to the work directory and loads that.
 * Thread-safe. Owns native memory: close it when no call is under way.
 */
public final class TappedModel implements AutoCloseable {
    private static final int PREDICTED = -1;

    private final Digest digest;
    private final LayerPath layer;
    private final NativeModule module;
    private final PlainForward plain;
    private final FiniteDifferences differences;
    private final Intervening intervening;
    private final Optional<String> unmitigable;
    private final Map<Integer, NDArray> targets = new ConcurrentHashMap<>();
    private volatile AuditForm form;

    private TappedModel(
            Digest digest,
            LayerPath layer,
            NativeModule module,
            PlainForward plain,
            Intervening intervening,
            Optional<String> unmitigable) {
        this.digest = digest;
        this.layer = layer;
        this.module = module;
        this.plain = plain;
        this.intervening = intervening;
        this.unmitigable = unmitigable;
        differences = new FiniteDifferences(module);
        form = plain.logitsOnly() ? AuditForm.KEPT_GRAPH : AuditForm.KEPT_INPUT;
    }

    /**
     * Checks, instruments and loads an archive.
     *
     * @throws AuditException {@code BAD_ARCHIVE} or {@code LAYER_NOT_TAPPABLE} with the reason,
     *     naming near matches of a wrong path
     */
    public static TappedModel load(Path archive, TapSpec spec) {
        Path copy = spec.workDirectory().resolve("tapped-" + UUID.randomUUID() + ".pt");
        try (Archive checked = Archive.open(archive)) {
            try {
                return load(checked, spec, true, copy);
            } catch (AuditException e) {
                if (e.code() != ErrorCode.BAD_ARCHIVE) {
                    throw e;
                }
                return load(checked, spec, false, copy); // audits need no more
            }
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    private static TappedModel load(Archive archive, TapSpec spec, boolean split, Path copy) {
        AuditCopy audit = new Instrumenter(archive).audit(spec.layer(), spec.output(), split, copy);
        NativeModule module = NativeModule.load(copy, spec.device());
        return new TappedModel(
                archive.digest(),
                spec.layer(),
                module,
                new PlainForward(module, audit.logitsOnly()),
                new Intervening(module, audit.crossing()),
                audit.unmitigable());
    }

    /** Returns the digest of the original archive. */
    public Digest digest() {
        return digest;
    }

    /** Returns the tapped layer. */
    public LayerPath layer() {
        return layer;
    }

    /** Returns how audits are done: by the declared type until {@link #settle} has run. */
    public AuditForm form() {
        return form;
    }

    /** Returns where the module runs. */
    public Device device() {
        return module.manager().getDevice();
    }

    /** Returns the loaded module as a block, for hosts to describe inputs; borrowed. */
    public Block block() {
        return module.block();
    }

    /**
     * Runs {@code forward} as the engine would without us; where the engine cannot hand out what it
     * returns, such as a tuple with a None, the selected output alone.
     *
     * @param inputs borrowed; the result hangs on the manager of the first input
     */
    public NDList forward(NDList inputs) {
        return plain.run(inputs);
    }

    /** Returns why {@link #forward(NDList, ProjectionBank)} cannot run; empty where it can. */
    public Optional<String> unmitigable() {
        return unmitigable;
    }

    /**
     * Returns a projection on this model's device.
     *
     * @throws AuditException {@code FAILED_PRECONDITION} with the reason if this model cannot be
     *     projected
     */
    public ProjectionBank projection(Projection projection) {
        if (unmitigable.isPresent()) {
            throw new AuditException(
                    ErrorCode.FAILED_PRECONDITION,
                    "layer: " + layer + ": cannot be projected: " + unmitigable.get());
        }
        return ProjectionBank.of(module.manager().newSubManager(), projection);
    }

    /**
     * Runs {@code forward} with the layer's value projected, as an archive written by {@link
     * org.plumbline.core.instrument.Projector} would.
     *
     * @param inputs one batch, borrowed; the result hangs on its manager
     * @param projection made by this model, of as many channels as the layer has
     */
    public NDList forward(NDList inputs, ProjectionBank projection) {
        return plain.run(inputs, projection);
    }

    /**
     * Returns concept vectors on this model's device, to pass to {@link PendingAudit#finish}.
     *
     * @param cavs unit vectors, all of one dimension {@code d}; at least one
     * @throws IllegalArgumentException if there is none or dimensions differ
     */
    public CavBank bank(List<DenseVector> cavs) {
        return CavBank.of(module.manager().newSubManager(), cavs);
    }

    /**
     * Answers a request and keeps what an audit of it needs. The audit itself waits for {@link
     * PendingAudit#finish}, which another thread may call after the answer has gone out.
     *
     * @param inputs one image batch, borrowed; the outputs hang on its manager
     * @return outputs bit-identical to {@link #forward}; the caller closes it
     */
    public PendingAudit answer(NDList inputs) {
        return answer(inputs, false);
    }

    /**
     * Answers with the layer's value projected, and keeps a copy of the input: an audit of it reads
     * the model as it is without the projection.
     *
     * @param inputs one batch, borrowed; the outputs hang on its manager
     */
    public PendingAudit answer(NDList inputs, ProjectionBank projection) {
        return again(inputs, given -> plain.run(given, projection));
    }

    /**
     * As {@link #answer(NDList)}, keeping what {@link PendingAudit#effects} needs as well if
     * wanted.
     */
    public PendingAudit answer(NDList inputs, boolean effects) {
        if (form != AuditForm.KEPT_GRAPH) {
            return again(inputs, plain::run);
        }
        NDManager unit = module.manager().newSubManager();
        try {
            boolean activation = effects && intervening.onActivation();
            Optional<NDArray> input =
                    effects && !activation
                            ? Optional.of(copy(inputs.singletonOrThrow(), unit))
                            : Optional.empty();
            NDList out = module.call(Instrumenter.ANSWER, inputs);
            out.get(1).attach(unit);
            out.get(2).attach(unit);
            KeptGraph.Kept kept = new KeptGraph.Kept(out.get(1), out.get(2), input);
            return new KeptGraph(this, unit, new NDList(out.get(0)), kept);
        } catch (RuntimeException e) {
            unit.close();
            throw e;
        }
    }

    private static NDArray copy(NDArray given, NDManager unit) {
        NDArray copy = unit.create(given.getShape(), given.getDataType());
        given.copyTo(copy);
        return copy;
    }

    private PendingAudit again(NDList inputs, UnaryOperator<NDList> answer) {
        NDArray given = inputs.singletonOrThrow();
        NDManager unit = module.manager().newSubManager();
        try {
            // first: a model may work in place on what it is given
            NDArray copy = copy(given, unit);
            return new KeptInput(this, unit, answer.apply(inputs), copy);
        } catch (RuntimeException e) {
            unit.close();
            throw e;
        }
    }

    /**
     * Returns interventions on this model's device, for {@link PendingAudit#effects}.
     *
     * @param interventions with directions of one dimension {@code d}; at least one
     * @throws IllegalArgumentException if there is none or dimensions differ
     */
    public InterventionBank interventions(List<Intervention> interventions) {
        return InterventionBank.of(module.manager().newSubManager(), interventions);
    }

    /**
     * Returns what interventions do to one logit of each sample; needs no gradient.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param target class whose logit is followed; negative: the class of the largest logit
     */
    public Effects effects(FloatTensor inputs, InterventionBank bank, int target) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = Heap.back(unit, inputs);
            return effects(x, bank, target);
        }
    }

    /** Returns whether interventions run the layers behind the tapped one alone. */
    public boolean intervenesOnHead() {
        return intervening.headOnly();
    }

    boolean intervenesOnActivation() {
        return intervening.onActivation();
    }

    Effects effects(NDArray input, InterventionBank bank, int target) {
        return intervening.onInput(input, bank, target(target));
    }

    Effects headEffects(NDArray activation, InterventionBank bank, int target) {
        return intervening.onActivation(activation, bank, target(target));
    }

    Sensitivities sensitivities(NDArray input, CavBank bank, int target) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = unit.create(input.getShape(), input.getDataType());
            input.copyTo(x);
            if (form == AuditForm.FINITE_DIFFERENCES) {
                return heap(differences.run(x, bank.array(), target(target)), bank);
            }
            NDList out = module.call(Instrumenter.ANSWER, new NDList(x));
            return sensitivities(out.get(1), out.get(2), bank, target);
        }
    }

    Sensitivities sensitivities(NDArray logits, NDArray activation, CavBank bank, int target) {
        NDList out =
                module.call(
                        Instrumenter.SENSITIVITIES,
                        new NDList(logits, activation, bank.array(), target(target)));
        return heap(out, bank);
    }

    private static Sensitivities heap(NDList out, CavBank bank) {
        return new Sensitivities(
                bank.concepts(),
                out.get(0).toFloatArray(),
                out.get(1).toLongArray(),
                out.get(2).toFloatArray());
    }

    /**
     * Returns logits, activation and gradient of a batch on the heap.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param target class whose logit is differentiated; negative: the class of the largest logit
     * @throws EngineException if the model has an operator without a derivative: see {@link
     *     #settle}
     */
    public TapReading read(FloatTensor inputs, int target) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = Heap.back(unit, inputs);
            NDList out = module.call(Instrumenter.ANSWER, new NDList(x));
            NDArray gradient = gradient(out, target);
            return new TapReading(
                    Heap.copy(out.get(0)), Heap.copy(out.get(2)), Heap.copy(gradient));
        }
    }

    /** Returns logits and activation of a batch {@code [n, c, h, w]}; needs no gradient. */
    public ActivationReading observe(FloatTensor inputs) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = Heap.back(unit, inputs);
            NDList out = module.call(Instrumenter.ANSWER, new NDList(x));
            return new ActivationReading(Heap.copy(out.get(0)), Heap.copy(out.get(2)));
        }
    }

    /**
     * Returns the sensitivities of a batch in whatever form the model allows.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param target class whose logit is differentiated; negative: the class of the largest logit
     */
    public Sensitivities sensitivities(FloatTensor inputs, CavBank bank, int target) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = Heap.back(unit, inputs);
            return sensitivities(x, bank, target);
        }
    }

    NDArray gradient(NDList answer, int target) {
        return module.call(
                        Instrumenter.GRADIENT,
                        new NDList(answer.get(1), answer.get(2), target(target)))
                .singletonOrThrow();
    }

    /**
     * Returns the selected logits {@code [n, classes]} of a batch.
     *
     * @param inputs borrowed; the result hangs on the manager of the first input
     */
    public NDArray logits(NDList inputs) {
        return plain.logits(inputs).get(0);
    }

    /**
     * Returns the logits {@code [n, classes]} of {@code [n, c, h, w]} inputs, in batches.
     *
     * @param batch samples per call of the engine
     */
    public FloatTensor logits(FloatTensor inputs, int batch) {
        float[] all = new float[0];
        int classes = 0;
        for (int from = 0; from < inputs.rows(); from += batch) {
            FloatTensor rows = inputs.slice(from, Math.min(inputs.rows(), from + batch));
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray x = Heap.back(unit, rows);
                FloatTensor logits = Heap.copy(plain.logits(new NDList(x)).get(0));
                classes = logits.rowSize();
                if (from == 0) {
                    all = new float[Math.multiplyExact(inputs.rows(), classes)];
                }
                System.arraycopy(logits.values(), 0, all, from * classes, rows.rows() * classes);
            }
        }
        return FloatTensor.of(all, inputs.rows(), classes);
    }

    /**
     * Finds on a batch how this model can be audited, and audits so from then on: with the graph of
     * the answer where its bits are those of plain {@code forward}; on a kept input where they are
     * not, or more than logits is returned; by finite differences where the engine refuses the
     * backward pass.
     *
     * @param inputs {@code [n, c, h, w]}
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} if audited and plain logits differ by more
     *     than rounding, slopes are not finite, or the layer has no effect; {@code
     *     INVALID_ARGUMENT} if the output selected is not there
     * @throws EngineException if the model refuses the inputs
     */
    public AuditForm settle(FloatTensor inputs) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDArray x = Heap.back(unit, inputs);
            AuditProbe probe = new AuditProbe(this, module, plain, layer);
            form = probe.settle(x, differences);
            intervening.settle(x, target(PREDICTED), probe.channels(x));
            return form;
        }
    }

    /** Returns the number of arrays and scopes that hang on the model, to watch for leaks. */
    public int managedArrays() {
        return module.manager().getManagedArrays().size();
    }

    private NDArray target(int target) {
        return targets.computeIfAbsent(
                Math.max(PREDICTED, target), t -> module.manager().create(new long[] {t}));
    }

    @Override
    public void close() {
        module.close();
    }
}
