package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What a layer path names: a module, and where that is not all, one of its calls and one of the
 * tensors it returns. {@code conv.forward1} is the second call in a trace, {@code attn.1} the
 * second element. Immutable.
 *
 * @param module path of the module
 * @param call method called; empty: every call
 * @param element indices, fields or keys in what it returns; empty: the first tensor
 */
record LayerTarget(List<String> module, Optional<String> call, List<String> element) {
    /** Copies the lists. */
    LayerTarget {
        module = List.copyOf(module);
        element = List.copyOf(element);
    }

    /** Finds the module of the longest name; none if what is left names no call or tensor of it. */
    static Optional<LayerTarget> of(Archive archive, LayerPath layer) {
        List<String> segments = layer.segments();
        for (int known = segments.size(); known > 0; known--) {
            List<String> path = segments.subList(0, known);
            Optional<ModuleNode> module = archive.module(String.join(".", path));
            if (module.isPresent()) {
                return of(archive, module.get(), path, segments.subList(known, segments.size()));
            }
        }
        return Optional.empty();
    }

    private static Optional<LayerTarget> of(
            Archive archive, ModuleNode module, List<String> path, List<String> rest) {
        if (rest.isEmpty()) {
            return Optional.of(new LayerTarget(path, Optional.empty(), List.of()));
        }
        Optional<ClassSource> type = archive.type(module.type());
        Optional<MethodSource> call = type.flatMap(t -> t.method(rest.get(0)));
        List<String> element = call.isPresent() ? rest.subList(1, rest.size()) : rest;
        Collection<MethodSource> methods =
                call.map(List::of)
                        .orElseGet(
                                () ->
                                        type.map(t -> List.copyOf(t.methods().values()))
                                                .orElseThrow());
        Router router = new Router(archive);
        return methods.stream().anyMatch(m -> returns(router, m, element))
                ? Optional.of(new LayerTarget(path, call.map(MethodSource::name), element))
                : Optional.empty();
    }

    private static boolean returns(Router router, MethodSource method, List<String> element) {
        return LayerOutput.carriesTensor(router, method.returnType(), element);
    }
}
