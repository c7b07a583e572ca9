package org.plumbline.core.instrument;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Flattener;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Writes copies of archives with added methods. {@code forward} and every weight stay as they are;
 * entries the engine does not need are left out. Thread-safe.
 */
public final class Instrumenter {
    /**
     * {@code (x) -> (logits, logits with graph, activation)}: answers, and may be audited later.
     */
    public static final String ANSWER = "plumbline_answer";

    /** {@code (x) -> logits}, selected from what {@code forward} returns. */
    public static final String LOGITS = "plumbline_logits";

    /**
     * {@code (x, cavs [K, d], target [1], step, copies) -> (statistics [n, K, 4], class [n],
     * projections [n, K, 2])} by central differences; at most {@code copies} of the batch run at
     * once. Projections are those of the activation's mean and maximum over locations.
     */
    public static final String DIFFERENCES = "plumbline_differences";

    /**
     * {@code (x, directions [J, d], levels [J], strengths [J], maxima [J], target [1], copies) ->
     * ([change of the logit, distance moved times locations] [n, J, 2], class [n])} through the
     * whole model; at most {@code copies} of the batch run at once.
     */
    public static final String EFFECTS = "plumbline_effects";

    /** As {@link #EFFECTS}: the layers up to the tapped one run once. */
    public static final String EFFECTS_SPLIT = "plumbline_effects_split";

    /** As {@link #EFFECTS} with the activation in place of {@code x}: the head alone runs. */
    public static final String EFFECTS_HEAD = "plumbline_effects_head";

    /**
     * {@code (x, directions [k, d], weights [k, k], levels [1, k], maxima [1, k]) ->} as {@code
     * forward}, the layer's value projected as {@link Projection} says.
     */
    public static final String MITIGATED = "plumbline_mitigated";

    /** As {@link #MITIGATED}, the selected logits alone. */
    public static final String MITIGATED_LOGITS = "plumbline_mitigated_logits";

    /** {@code (logits with graph, activation, target [1]) -> gradient}. */
    public static final String GRADIENT = "plumbline_gradient";

    /**
     * {@code (logits with graph, activation, cavs [K, d], target [1]) -> (statistics [n, K, 4],
     * class [n], projections [n, K, 2])}, as {@link #DIFFERENCES}.
     */
    public static final String SENSITIVITIES = "plumbline_sensitivities";

    /** {@code (x) -> tensors after the cut}, the layer's output first. */
    public static final String TRUNK = "plumbline_trunk";

    /** {@code (tensors after the cut) -> logits}. */
    public static final String HEAD = "plumbline_head";

    /** {@code (x, cavs [K, d]) -> (tensor at the cut, tangents [n, K, size of that tensor])}. */
    public static final String TANGENTS = "plumbline_tangents";

    /** {@code (x) -> (logits, value of the tapped layer)}, both with graph. */
    public static final String TAPPED = "plumbline_tapped";

    /** {@code (values) -> any tensor}; copies values into what {@link #STATE} returns. */
    public static final String RESTORE = "plumbline_restore";

    /** {@code (any tensor) -> trained parameters}. */
    public static final String PARAMETERS = "plumbline_parameters";

    /** {@code (any tensor) -> parameters and buffers of floats}. */
    public static final String STATE = "plumbline_state";

    /** {@code (x) -> logits} of the model with other activations. */
    static final String SWAPPED = "plumbline_swapped";

    /** {@code (x) -> logits} of the model that is explained. */
    public static final String EXPLAIN_LOGITS = "plumbline_explain_logits";

    /** {@code (x, target [n]) -> (logits, class [n], gradient)}. */
    public static final String EXPLAIN_GRADIENT = "plumbline_explain_gradient";

    /** As {@link #EXPLAIN_GRADIENT}, the gradient times {@code x}. */
    public static final String EXPLAIN_GRADIENT_INPUT = "plumbline_explain_gradient_input";

    /**
     * {@code (points [m], baseline, x, weights [m], target [n]) -> weighted sum of gradients} at
     * {@code baseline + point (x - baseline)}.
     */
    public static final String EXPLAIN_PATH = "plumbline_explain_path";

    /** {@code (x, target [n]) -> (logits, class [n], relevance)}. */
    public static final String EXPLAIN_LRP = "plumbline_explain_lrp";

    /** {@code (x) -> layer's output}, where relevance is read at a layer. */
    public static final String EXPLAIN_ACTIVATION = "plumbline_explain_activation";

    /** {@code (x, start) -> (logits, relevance of x)}, {@code start} relevance at the layer. */
    public static final String EXPLAIN_FROM_LAYER = "plumbline_explain_from_layer";

    private static final String DATA = "data.pkl";
    private static final Set<String> WITHOUT_DERIVATIVE =
            Set.of(
                    "_native_multi_head_attention",
                    "_transformer_encoder_layer_fwd",
                    "_transformer_decoder_only_layer_fwd",
                    "_triton_multi_head_attention");

    private final Archive archive;
    private final ClassSource root;

    /** Prepares instrumentation of an archive, which is borrowed. */
    public Instrumenter(Archive archive) {
        this.archive = archive;
        this.root = archive.rootType();
    }

    /** Writes a copy to audit, the logits being the first Tensor or the only entry returned. */
    public AuditCopy audit(LayerPath layer, Path out) {
        return audit(layer, Optional.empty(), out);
    }

    /** Writes a copy to audit, split at the layer where that is possible. */
    public AuditCopy audit(LayerPath layer, Optional<OutputSelector> selector, Path out) {
        return audit(layer, selector, true, out);
    }

    /**
     * Writes a copy with {@link #ANSWER}, {@link #LOGITS}, {@link #GRADIENT}, {@link
     * #SENSITIVITIES}, {@link #DIFFERENCES} and {@link #EFFECTS} at a layer, and {@link
     * #EFFECTS_SPLIT} where a split is wanted and possible, {@link #EFFECTS_HEAD} where moreover
     * one tensor crosses it; and with {@link #MITIGATED} and {@link #MITIGATED_LOGITS} where the
     * last call of the layer can be told.
     *
     * @param layer a module, or an operation in the forward of one
     * @param selector where the logits are, if {@code forward} returns more than them
     * @param split whether to split the model at the layer, and to add {@link #MITIGATED}: audits
     *     need neither, should the engine refuse the copy
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} with the reason, naming near matches of a
     *     wrong path
     */
    public AuditCopy audit(
            LayerPath layer, Optional<OutputSelector> selector, boolean split, Path out) {
        Additions additions = new Additions();
        AuditCopy copy;
        try {
            MethodSource forward = forward();
            RootOutput output = RootOutput.of(archive, forward.returnType(), selector);
            LayerTaps taps = new LayerTaps(archive, root, additions);
            String tapped = taps.weave(forward, layer, Probe.TAP);
            String shifted = taps.weave(forward, layer, Probe.SHIFT);
            new AuditMethods(additions, root, forward, output).add(tapped, shifted);
            Optional<SplitWeaver.Halves> halves =
                    split ? halves(taps, forward, layer) : Optional.empty();
            new EffectMethods(additions, root, forward, output).add(shifted, halves);
            OptionalInt crossing = halves.stream().mapToInt(SplitWeaver.Halves::values).findFirst();
            Optional<String> unmitigable =
                    split
                            ? unmitigable(
                                    new MitigationMethods(additions, root, forward, output),
                                    taps,
                                    layer)
                            : Optional.of("the engine refuses a copy with more than audits");
            copy = new AuditCopy(output.isLogits(), crossing, unmitigable);
        } catch (Untappable e) {
            throw refused(Optional.of(layer), e);
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
        return copy;
    }

    private static Optional<String> unmitigable(
            MitigationMethods mitigation, LayerTaps taps, LayerPath layer) {
        try {
            mitigation.add(taps, layer);
            return Optional.empty();
        } catch (Untappable e) {
            return Optional.of(e.reason());
        }
    }

    private static Optional<SplitWeaver.Halves> halves(
            LayerTaps taps, MethodSource forward, LayerPath layer) {
        try {
            return taps.isOperation(layer)
                    ? Optional.empty()
                    : Optional.of(taps.split(forward, layer));
        } catch (Untappable e) { // the whole model runs instead
            return Optional.empty();
        }
    }

    /**
     * Writes a copy with training methods. The logits are the first Tensor or the only entry that
     * {@code forward} returns.
     *
     * @param state attribute paths that {@link #STATE} returns
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} with the statement that prevents the split
     */
    public void training(TrainingPlan plan, List<String> state, Path out) {
        training(plan, Optional.empty(), state, out);
    }

    /**
     * As {@link #training(TrainingPlan, List, Path)}, with the methods that explain decisions too;
     * what these answer may be differentiated by the parameters.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming the operator or statement that
     *     prevents an explanation
     */
    public void training(
            TrainingPlan plan, ExplanationPlan explained, List<String> state, Path out) {
        training(plan, Optional.of(explained), state, out);
    }

    private void training(
            TrainingPlan plan, Optional<ExplanationPlan> explained, List<String> state, Path out) {
        Additions additions = new Additions();
        try {
            MethodSource forward = forward();
            RootOutput output = RootOutput.of(archive, forward.returnType(), Optional.empty());
            TrainingMethods methods = new TrainingMethods(additions, root, forward, plan, output);
            LayerTaps taps = new LayerTaps(archive, root, additions);
            Optional<SplitWeaver.Halves> halves = Optional.empty();
            if (plan.cut().isPresent()) {
                requireModules(taps, plan);
                halves = Optional.of(taps.split(forward, plan.cut().get()));
                if (plan.tangents().isPresent()) {
                    requireOneTensor(halves.get());
                    LayerPath probe = plan.tangents().get();
                    methods.addTangents(taps.splitTapped(forward, plan.cut().get(), probe));
                }
            }
            methods.add(halves);
            if (plan.tap().isPresent()) {
                methods.addTapped(taps.weave(forward, plan.tap().get(), Probe.LIVE));
            }
            methods.addState(STATE, state);
            methods.addRestore(state);
        } catch (Untappable e) {
            throw refused(plan.tap().or(plan::cut), e);
        }
        explained.ifPresent(wanted -> addDifferentiable(wanted, additions));
        if (plan.dropout()) {
            DropoutSwitch.on(archive, additions);
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
    }

    /**
     * Writes a copy with the methods that explain decisions.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming the operator or statement that
     *     prevents it
     */
    public void explanations(ExplanationPlan plan, Path out) {
        Additions additions = new Additions();
        try {
            MethodSource forward = forward();
            ExplanationMethods methods = new ExplanationMethods(additions, root, forward.self());
            methods.addGradients(differentiated(plan, forward, additions));
            if (plan.lrp().isPresent()) {
                methods.addLrp(flat(plan, forward, plan.layer()), plan.lrp().get(), plan.layer());
                if (plan.layer().isPresent()) {
                    methods.addFromLayer();
                }
            }
        } catch (Untappable e) {
            throw unexplained(e);
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
    }

    private void addDifferentiable(ExplanationPlan plan, Additions additions) {
        try {
            MethodSource forward = forward();
            ExplanationMethods methods =
                    ExplanationMethods.differentiable(additions, root, forward.self());
            methods.addGradients(
                    plan.activation().isEmpty() ? LOGITS : swapped(plan, forward, additions));
            if (plan.lrp().isPresent()) {
                methods.addLrp(flat(plan, forward, plan.layer()), plan.lrp().get(), plan.layer());
            }
        } catch (Untappable e) {
            throw unexplained(e);
        }
    }

    private static AuditException unexplained(Untappable e) {
        return new AuditException(
                ErrorCode.INVALID_ARGUMENT,
                "method: " + e.reason() + " (expected: another method)",
                e);
    }

    /** Returns the name of the method that gradient methods differentiate. */
    private String differentiated(ExplanationPlan plan, MethodSource forward, Additions additions)
            throws Untappable {
        if (plan.activation().isEmpty()) {
            RootOutput output = RootOutput.of(archive, forward.returnType(), Optional.empty());
            new AuditMethods(additions, root, forward, output).addLogits();
            return LOGITS;
        }
        return swapped(plan, forward, additions);
    }

    private String swapped(ExplanationPlan plan, MethodSource forward, Additions additions)
            throws Untappable {
        FlatProgram program = flat(plan, forward, Optional.empty());
        additions.add(
                root,
                program.self(),
                SWAPPED,
                List.of(program.input() + ": Tensor"),
                "Tensor",
                program.lines());
        return SWAPPED;
    }

    private FlatProgram flat(ExplanationPlan plan, MethodSource forward, Optional<LayerPath> layer)
            throws Untappable {
        if (layer.isPresent()) {
            taps().reached(forward, layer.get().segments());
        }
        TapWeaver.requireTensor(root, forward);
        FlatProgram program = Flattener.flatten(archive, forward, layer);
        return plan.activation().isPresent() ? plan.activation().get().applied(program) : program;
    }

    private static void requireOneTensor(SplitWeaver.Halves halves) throws Untappable {
        if (halves.values() != 1) {
            throw new Untappable(
                    (halves.values() - 1) + " other tensors reach the layers behind it");
        }
    }

    /**
     * Returns every module path below the root with what can be done there, or the operations of
     * the root where there are no modules, as in a frozen archive.
     */
    public List<LayerStatus> layers() {
        List<LayerStatus> modules = list().all();
        return modules.isEmpty() ? operations() : modules;
    }

    /** Returns the operations of the root and of every module that forward calls. */
    public List<LayerStatus> operations() {
        try {
            return taps().operations(forward());
        } catch (Untappable e) {
            return List.of();
        }
    }

    /**
     * Returns the operators of the code that the engine cannot differentiate: layers before the
     * last of them are measured by finite differences.
     */
    public List<String> withoutDerivative() {
        return archive.operators().stream().filter(WITHOUT_DERIVATIVE::contains).toList();
    }

    private LayerList list() {
        return new LayerList(
                archive,
                layer -> taps().weave(forward(), layer, Probe.TAP),
                layer -> taps().split(forward(), layer));
    }

    /** Returns taps whose additions are thrown away. */
    private LayerTaps taps() {
        return new LayerTaps(archive, root, new Additions());
    }

    private static void requireModules(LayerTaps taps, TrainingPlan plan) throws Untappable {
        for (Optional<LayerPath> layer : List.of(plan.cut(), plan.tangents())) {
            if (layer.isPresent() && taps.isOperation(layer.get())) {
                throw new Untappable(
                        layer.get()
                                + " is an operation: corrections cut models at modules, which an"
                                + " unfrozen export has");
            }
        }
    }

    MethodSource forward() throws Untappable {
        MethodSource forward =
                root.method("forward").orElseThrow(() -> new Untappable("there is no forward"));
        List<String> types = forward.parameters().stream().map(p -> p.type()).toList();
        if (!types.equals(List.of("Tensor"))) {
            throw new Untappable("forward takes " + types + ", not one Tensor");
        }
        return forward;
    }

    AuditException refused(Optional<LayerPath> layer, Untappable e) {
        String offer =
                layer.flatMap(path -> list().offer(path.value()))
                        .map(path -> ", such as " + path)
                        .orElse("");
        return new AuditException(
                ErrorCode.LAYER_NOT_TAPPABLE,
                "layer: "
                        + layer.map(LayerPath::value).orElse("none")
                        + ": "
                        + e.reason()
                        + " (expected: a tappable layer"
                        + offer
                        + ")",
                e);
    }

    static boolean needed(String entry) {
        return entry.equals(DATA)
                || entry.equals("constants.pkl")
                || entry.equals("version")
                || entry.equals(".data/version") // where archives of some operators have it
                || entry.equals("byteorder")
                || entry.startsWith("data/")
                || entry.startsWith("constants/")
                || (entry.startsWith("code/") && entry.endsWith(".py"));
    }
}
