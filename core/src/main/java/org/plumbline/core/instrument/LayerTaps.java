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

    /** Returns the name of the copy of {@code forward} that probes a layer. */
    String weave(MethodSource forward, LayerPath layer, Probe probe) throws Untappable {
        List<String> segments = layer.segments();
        if (!isOperation(layer)) {
            requireReached(forward, segments);
            return new TapWeaver(router, additions, new ModuleLeaf(probe))
                    .weave(root, forward, segments);
        }
        List<String> above = segments.subList(0, segments.size() - 1);
        if (!above.isEmpty()) {
            requireReached(forward, above);
        }
        String name = segments.get(segments.size() - 1);
        Leaf leaf = new OperationLeaf(operations, additions, name, probe);
        return new TapWeaver(router, additions, leaf).weave(root, forward, above);
    }

    /** Returns whether a path ends in the name of an operation rather than a module. */
    boolean isOperation(LayerPath layer) {
        List<String> segments = layer.segments();
        int last = segments.size() - 1;
        return archive.module(layer.value()).isEmpty()
                && archive.module(String.join(".", segments.subList(0, last))).isPresent()
                && Operations.isName(segments.get(last));
    }

    void requireReached(MethodSource forward, List<String> segments) throws Untappable {
        String path = String.join(".", segments);
        if (archive.module(path).isEmpty()) {
            throw new Untappable("no such layer" + suggestions(forward, path));
        }
        if (router.routes(root, forward, segments).isEmpty()) {
            throw new Untappable(router.reason(root, segments));
        }
    }

    private String suggestions(MethodSource forward, String path) {
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
        return near.isEmpty() ? "" : "; near: " + near;
    }

    /** Returns the operations that forward runs, by module, in the order of the text. */
    List<LayerStatus> operations(MethodSource forward) {
        return new OperationListing(router).of(root, forward);
    }
}
