package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds copies of the methods between the root and a layer that hand down a list; the layer's copy,
 * a {@link Leaf}, appends its output and hands it on. Of several calls, the last one appends last.
 * Confined to one thread.
 */
final class TapWeaver {
    static final String TAPS = "pl_taps";

    private final Router router;
    private final Additions additions;
    private final Leaf leaf;
    private final DifferentiableCalls differentiable;
    private final Map<String, String> woven = new HashMap<>();

    /** Taps the first tensor of every call. */
    TapWeaver(Router router, Additions additions) {
        this(router, additions, new ModuleLeaf(router, Probe.TAP));
    }

    TapWeaver(Router router, Additions additions, Leaf leaf) {
        this.router = router;
        this.additions = additions;
        this.leaf = leaf;
        this.differentiable = new DifferentiableCalls(router, additions);
    }

    /** Returns the name of the tapped copy of a method. */
    String weave(ClassSource type, MethodSource method, List<String> rest) throws Untappable {
        String key = type.qualifiedName() + "#" + method.name() + "#" + String.join(".", rest);
        String known = woven.get(key);
        if (known != null) {
            return known;
        }
        Insertion insertion = leaf.insertion();
        String name = additions.freshName(method, insertion.purpose());
        woven.put(key, name);
        List<String> body = rest.isEmpty() ? leaf.body(type, method) : copy(type, method, rest);
        additions.add(
                type, method.self(), name, insertion.parameters(method), method.returnType(), body);
        return name;
    }

    static void requireTensor(ClassSource type, MethodSource method) throws Untappable {
        if (!method.returnType().equals("Tensor")) {
            throw new Untappable(
                    type.simpleName() + " returns " + method.returnType() + ", not a Tensor");
        }
    }

    private List<String> copy(ClassSource type, MethodSource method, List<String> rest)
            throws Untappable {
        Edits edits = new Edits(type.file());
        Set<CallSite> tapped = new HashSet<>();
        List<Route> routes = leaf.chosen(router.routes(type, method, rest));
        for (Route route : leaf.insertion().followed(type, method, routes)) {
            String name = weave(route.type(), route.method(), route.rest());
            edits.replace(
                    route.call().method().start(),
                    route.call().argumentsStart(),
                    leaf.insertion().opened(name));
            tapped.add(route.call());
        }
        if (leaf.insertion().needsTaps()) { // what is read is differentiated
            differentiable.redirect(type, method, tapped, edits);
        }
        return edits.lines(method.body());
    }
}
