package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Probes one tensor of what a module returns. Immutable.
 *
 * @param call method of the module to probe, such as a trace's {@code forward1}; empty: all
 * @param element where the tensor is in what it returns, see {@link LayerOutput}
 */
record ModuleLeaf(Router router, Insertion insertion, Optional<String> call, List<String> element)
        implements Leaf {
    ModuleLeaf {
        element = List.copyOf(element);
    }

    /** Probes the first tensor of every call. */
    ModuleLeaf(Router router, Insertion insertion) {
        this(router, insertion, Optional.empty(), List.of());
    }

    @Override
    public List<String> body(ClassSource type, MethodSource method) throws Untappable {
        LayerOutput output =
                LayerOutput.of(router, type.simpleName(), method.returnType(), element);
        List<String> body = new ArrayList<>();
        body.add(LayerOutput.WHOLE + " = " + Additions.selfCall(method, method.name()));
        body.addAll(output.taken());
        body.addAll(insertion.lines());
        body.addAll(output.returned());
        return body;
    }

    /** Drops calls that are not meant, and those that return no tensor if another does. */
    @Override
    public List<Route> chosen(List<Route> routes) {
        List<Route> meant = routes.stream().filter(r -> above(r) || isMeant(r)).toList();
        List<Route> carrying = meant.stream().filter(r -> above(r) || carriesTensor(r)).toList();
        return carrying.isEmpty() ? meant : carrying;
    }

    private static boolean above(Route route) {
        return !route.rest().isEmpty();
    }

    private boolean isMeant(Route route) {
        return call.isEmpty() || call.get().equals(Projector.original(route.method().name()));
    }

    private boolean carriesTensor(Route route) {
        return LayerOutput.carriesTensor(router, route.method().returnType(), element);
    }
}
