package org.plumbline.core.instrument;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
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
 * entries the engine does not need are left out. Confined to one thread.
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

    private static final String DATA = "data.pkl";
    private static final int SUGGESTIONS = 5;

    private final Archive archive;
    private final ClassSource root;
    private final Router router;

    /** Prepares instrumentation of an archive, which is borrowed. */
    public Instrumenter(Archive archive) {
        this.archive = archive;
        this.root = archive.rootType();
        this.router = new Router(archive);
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
            AuditMethods.add(additions, root, forward, tap(additions, forward, layer));
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
            SplitWeaver weaver = new SplitWeaver(router, additions);
            Optional<SplitWeaver.Halves> halves = Optional.empty();
            if (plan.cut().isPresent()) {
                halves = Optional.of(split(weaver, forward, plan.cut().get()));
                if (plan.alongTangents()) {
                    requireOneTensor(halves.get());
                    List<String> cut = reached(forward, plan.cut().get().segments());
                    List<String> probe = reached(forward, plan.probe().orElseThrow().segments());
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

    private static void requireOneTensor(SplitWeaver.Halves halves) throws Untappable {
        if (halves.values() != 1) {
            throw new Untappable(
                    (halves.values() - 1) + " other tensors reach the layers behind it");
        }
    }

    /** Returns every module path below the root with what can be done there. */
    public List<LayerStatus> layers() {
        return list().all();
    }

    private LayerList list() {
        return new LayerList(
                archive,
                layer -> tap(new Additions(), forward(), layer),
                layer -> split(new SplitWeaver(router, new Additions()), forward(), layer));
    }

    /** Returns the name of the copy of {@code forward} that taps a layer. */
    String tap(Additions additions, MethodSource forward, LayerPath layer) throws Untappable {
        LayerTarget target =
                LayerTarget.of(archive, layer)
                        .orElseThrow(() -> new Untappable(unknown(layer.value())));
        return new TapWeaver(router, additions, target.call(), target.element())
                .weave(root, forward, reached(forward, target.module()));
    }

    /** Returns the halves of {@code forward} before and behind a layer. */
    SplitWeaver.Halves split(SplitWeaver weaver, MethodSource forward, LayerPath layer)
            throws Untappable {
        return weaver.weave(root, forward, reached(forward, layer.segments()));
    }

    /** Returns a path by which forward calls a module: its own, or another of the same object. */
    private List<String> reached(MethodSource forward, List<String> segments) throws Untappable {
        String path = String.join(".", segments);
        ModuleNode module = archive.module(path).orElseThrow(() -> new Untappable(unknown(path)));
        List<String> called = segments;
        if (router.routes(root, forward, segments).isEmpty()) {
            called =
                    archive.modules().stream()
                            .filter(m -> m.object().equals(module.object()))
                            .map(m -> List.of(m.path().split("\\.")))
                            .filter(p -> !router.routes(root, forward, p).isEmpty())
                            .findFirst()
                            .orElseThrow(() -> new Untappable(router.reason(root, segments)));
        }
        Optional<String> shut = ShutBranches.before(archive, router, root, forward, called);
        if (shut.isPresent()) {
            throw new Untappable(shut.get());
        }
        return called;
    }

    MethodSource forward() throws Untappable {
        MethodSource forward =
                root.method("forward").orElseThrow(() -> new Untappable("there is no forward"));
        TapWeaver.requireTensor(root, forward);
        List<String> types = forward.parameters().stream().map(p -> p.type()).toList();
        if (!types.equals(List.of("Tensor"))) {
            throw new Untappable("forward takes " + types + ", not one Tensor");
        }
        return forward;
    }

    private String unknown(String path) {
        String near =
                archive.modules().stream()
                        .map(ModuleNode::path)
                        .filter(p -> !p.isEmpty())
                        .sorted(Comparator.comparingInt(p -> EditDistance.between(p, path)))
                        .limit(SUGGESTIONS)
                        .collect(Collectors.joining(", "));
        return "no such layer" + (near.isEmpty() ? "" : "; near: " + near);
    }

    private AuditException refused(Optional<LayerPath> layer, Untappable e) {
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
                || entry.equals(".data/version") // where newer operator versions are used
                || entry.equals("byteorder")
                || entry.startsWith("data/")
                || entry.startsWith("constants/")
                || (entry.startsWith("code/") && entry.endsWith(".py"));
    }
}
