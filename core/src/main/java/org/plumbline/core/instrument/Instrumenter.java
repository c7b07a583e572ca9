package org.plumbline.core.instrument;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Flattener;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes copies of archives with added methods. {@code forward} and every weight stay as they are;
 * entries the engine does not need are left out. Thread-safe.
 */
public final class Instrumenter {
    /**
     * {@code (x) -> (logits, logits with graph, activation)}: answers, and may be audited later.
     */
    public static final String ANSWER = "plumbline_answer";

    /** {@code (logits with graph, activation, target [1]) -> gradient}. */
    public static final String GRADIENT = "plumbline_gradient";

    /**
     * {@code (logits with graph, activation, cavs [K, d], target [1]) -> (statistics [n, K, 4],
     * class [n])}.
     */
    public static final String SENSITIVITIES = "plumbline_sensitivities";

    /** {@code (x) -> tensors after the cut}, the layer's output first. */
    public static final String TRUNK = "plumbline_trunk";

    /** {@code (tensors after the cut) -> logits}. */
    public static final String HEAD = "plumbline_head";

    /** {@code (x, labels, weights, cavs, signs, lambda) -> ([loss, ce, penalty], gradients)}. */
    public static final String LOSS = "plumbline_loss";

    /** As {@link #LOSS} with {@code (caches, rows)} in place of {@code x}. */
    public static final String LOSS_CACHED = "plumbline_loss_cached";

    /** {@code (x, cavs [K, d]) -> (tensor at the cut, tangents [n, K, size of that tensor])}. */
    public static final String TANGENTS = "plumbline_tangents";

    /** {@code (gradients, moments, numbers) -> gradient norm}; updates parameters in place. */
    public static final String UPDATE = "plumbline_update";

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

    private static final String DATA = "data.pkl";
    private static final int SUGGESTIONS = 5;

    private final Archive archive;
    private final ClassSource root;

    /** Prepares instrumentation of an archive, which is borrowed. */
    public Instrumenter(Archive archive) {
        this.archive = archive;
        this.root = archive.rootType();
    }

    /**
     * Writes a copy with {@link #ANSWER}, {@link #GRADIENT} and {@link #SENSITIVITIES} at a layer.
     *
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} with the reason, naming near matches of a
     *     wrong path
     */
    public void audit(LayerPath layer, Path out) {
        Additions additions = new Additions();
        try {
            MethodSource forward = forward();
            AuditMethods.add(additions, root, forward, tap(additions, forward, layer.segments()));
        } catch (Untappable e) {
            throw refused(Optional.of(layer), e);
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
    }

    /**
     * Writes a copy with training methods.
     *
     * @param state attribute paths that {@link #STATE} returns
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} with the statement that prevents the split
     */
    public void training(TrainingPlan plan, List<String> state, Path out) {
        Additions additions = new Additions();
        try {
            MethodSource forward = forward();
            TrainingMethods methods = new TrainingMethods(additions, root, forward, plan);
            SplitWeaver weaver = new SplitWeaver(new Router(archive), additions);
            Optional<SplitWeaver.Halves> halves = Optional.empty();
            if (plan.cut().isPresent()) {
                List<String> cut = plan.cut().get().segments();
                requireReached(forward, cut);
                halves = Optional.of(weaver.weave(root, forward, cut));
                if (plan.alongTangents()) {
                    requireOneTensor(halves.get());
                    List<String> probe = plan.probe().orElseThrow().segments();
                    requireReached(forward, probe);
                    methods.addTangents(weaver.weaveTapped(root, forward, cut, probe));
                }
            }
            methods.add(halves);
            methods.addState(STATE, state);
        } catch (Untappable e) {
            throw refused(plan.cut(), e);
        }
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
            methods.addGradients(swapped(plan, forward, additions));
            if (plan.lrp().isPresent()) {
                methods.addLrp(flat(plan, forward, plan.layer()), plan.lrp().get(), plan.layer());
            }
        } catch (Untappable e) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "method: " + e.reason() + " (expected: another method)",
                    e);
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
    }

    /** Returns the name of the method that gradient methods differentiate. */
    private String swapped(ExplanationPlan plan, MethodSource forward, Additions additions)
            throws Untappable {
        if (plan.activation().isEmpty()) {
            return forward.name();
        }
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
            requireReached(forward, layer.get().segments());
        }
        FlatProgram program = Flattener.flatten(archive, forward, layer);
        return plan.activation().isPresent() ? plan.activation().get().applied(program) : program;
    }

    private static void requireOneTensor(SplitWeaver.Halves halves) throws Untappable {
        if (halves.values() != 1) {
            throw new Untappable(
                    (halves.values() - 1) + " other tensors reach the layers behind it");
        }
    }

    /** Returns every module path below the root with whether it can be tapped. */
    public List<LayerStatus> layers() {
        return archive.modules().stream()
                .filter(module -> !module.path().isEmpty())
                .map(this::status)
                .toList();
    }

    private LayerStatus status(ModuleNode module) {
        Optional<String> obstacle = Optional.empty();
        try {
            List<String> segments = List.of(module.path().split("\\."));
            tap(new Additions(), forward(), segments);
        } catch (Untappable e) {
            obstacle = Optional.of(e.reason());
        }
        return new LayerStatus(module.path(), module.simpleType(), obstacle);
    }

    private String tap(Additions additions, MethodSource forward, List<String> segments)
            throws Untappable {
        requireReached(forward, segments);
        return new TapWeaver(new Router(archive), additions).weave(root, forward, segments);
    }

    private void requireReached(MethodSource forward, List<String> segments) throws Untappable {
        Router router = new Router(archive);
        if (archive.module(String.join(".", segments)).isEmpty()) {
            throw new Untappable("no such layer" + suggestions(String.join(".", segments)));
        }
        if (router.routes(root, forward, segments).isEmpty()) {
            throw new Untappable(router.reason(root, segments));
        }
    }

    private MethodSource forward() throws Untappable {
        MethodSource forward =
                root.method("forward").orElseThrow(() -> new Untappable("there is no forward"));
        TapWeaver.requireTensor(root, forward);
        List<String> types = forward.parameters().stream().map(p -> p.type()).toList();
        if (!types.equals(List.of("Tensor"))) {
            throw new Untappable("forward takes " + types + ", not one Tensor");
        }
        return forward;
    }

    private String suggestions(String path) {
        String near =
                archive.modules().stream()
                        .map(ModuleNode::path)
                        .filter(p -> !p.isEmpty())
                        .sorted(Comparator.comparingInt(p -> EditDistance.between(p, path)))
                        .limit(SUGGESTIONS)
                        .collect(Collectors.joining(", "));
        return near.isEmpty() ? "" : "; near: " + near;
    }

    private static AuditException refused(Optional<LayerPath> layer, Untappable e) {
        return new AuditException(
                ErrorCode.LAYER_NOT_TAPPABLE,
                "layer: "
                        + layer.map(LayerPath::value).orElse("none")
                        + ": "
                        + e.reason()
                        + " (expected: a tappable layer)",
                e);
    }

    private static boolean needed(String entry) {
        return entry.equals(DATA)
                || entry.equals("constants.pkl")
                || entry.equals("version")
                || entry.equals(".data/version")
                || entry.equals("byteorder")
                || entry.startsWith("data/")
                || entry.startsWith("constants/")
                || (entry.startsWith("code/") && entry.endsWith(".py"));
    }
}
