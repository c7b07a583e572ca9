package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Operations;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds what a layer path names, a module or an operation in the forward of one, and weaves it. A
 * module of the name wins. Confined to one thread.
 */
final class LayerTaps {
    private static final int SUGGESTIONS = 5;

    private final Archive archive;
    private final ClassSource root;
    private final Additions additions;
    private final Router router;
    private final Operations operations;

    LayerTaps(Archive archive, ClassSource root, Additions additions) {
        this.archive = archive;
        this.root = root;
        this.additions = additions;
        this.router = new Router(archive);
        this.operations = new Operations(router);
    }

    /** Returns the name of the copy of {@code forward} with statements behind a layer. */
    String weave(MethodSource forward, LayerPath layer, Insertion insertion) throws Untappable {
        if (isOperation(layer)) {
            return operation(forward, layer.segments(), insertion);
        }
        LayerTarget target =
                LayerTarget.of(archive, layer).orElseThrow(() -> unknown(forward, layer.value()));
        Leaf leaf = new ModuleLeaf(router, insertion, target.call(), target.element());
        return new TapWeaver(router, additions, leaf)
                .weave(root, forward, reached(forward, target.module()));
    }

    private String operation(MethodSource forward, List<String> segments, Insertion insertion)
            throws Untappable {
        int last = segments.size() - 1;
        List<String> above = segments.subList(0, last);
        List<String> called = above.isEmpty() ? above : reached(forward, above);
        Leaf leaf = new OperationLeaf(operations, additions, segments.get(last), insertion);
        return new TapWeaver(router, additions, leaf).weave(root, forward, called);
    }

    /** Returns whether a path ends in the name of an operation rather than a module. */
    boolean isOperation(LayerPath layer) {
        List<String> segments = layer.segments();
        int last = segments.size() - 1;
        return LayerTarget.of(archive, layer).isEmpty()
                && archive.module(String.join(".", segments.subList(0, last))).isPresent()
                && Operations.isName(segments.get(last));
    }

    /** Returns the halves of {@code forward} before and behind a module. */
    SplitWeaver.Halves split(MethodSource forward, LayerPath layer) throws Untappable {
        return new SplitWeaver(router, additions)
                .weave(root, forward, reached(forward, layer.segments()));
    }

    /** Returns the name of a trunk up to a cut that also taps a layer before it. */
    String splitTapped(MethodSource forward, LayerPath cut, LayerPath probe) throws Untappable {
        return new SplitWeaver(router, additions)
                .weaveTapped(
                        root,
                        forward,
                        reached(forward, cut.segments()),
                        reached(forward, probe.segments()));
    }

    /** Returns a path by which forward calls a module: its own, or another of the same object. */
    List<String> reached(MethodSource forward, List<String> segments) throws Untappable {
        String path = String.join(".", segments);
        ModuleNode module = archive.module(path).orElseThrow(() -> unknown(forward, path));
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

    private Untappable unknown(MethodSource forward, String path) {
        List<String> known =
                archive.modules().stream().map(ModuleNode::path).filter(p -> !p.isEmpty()).toList();
        if (known.isEmpty()) {
            known = operations(forward).stream().map(LayerStatus::path).toList();
        }
        String near =
                known.stream()
                        .sorted(Comparator.comparingInt(p -> EditDistance.between(p, path)))
                        .limit(SUGGESTIONS)
                        .collect(Collectors.joining(", "));
        return new Untappable("no such layer" + (near.isEmpty() ? "" : "; near: " + near));
    }

    /** Returns the operations that forward runs, by module, in the order of the text. */
    List<LayerStatus> operations(MethodSource forward) {
        return new OperationListing(router).of(root, forward);
    }
}
