package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Adds copies of the methods between the root and a layer that hand down a list; the layer's copy
 * appends its output, cut from the graph below, and returns a clone of it. The clone keeps in-place
 * operations that follow from overwriting the tapped value. Of several calls, the last one appends
 * last. Confined to one thread.
 */
final class TapWeaver {
    static final String TAPS = "pl_taps";

    private final Router router;
    private final Additions additions;
    private final DifferentiableCalls differentiable;
    private final Optional<String> call;
    private final List<String> element;
    private final Map<String, String> woven = new HashMap<>();

    /** Taps the first tensor of every call. */
    TapWeaver(Router router, Additions additions) {
        this(router, additions, Optional.empty(), List.of());
    }

    /**
     * Taps one tensor of some calls.
     *
     * @param call method of the layer to tap, such as a trace's {@code forward1}; empty: all
     * @param element where the tensor is in what it returns, see {@link LayerOutput}
     */
    TapWeaver(Router router, Additions additions, Optional<String> call, List<String> element) {
        this.router = router;
        this.additions = additions;
        this.differentiable = new DifferentiableCalls(router, additions);
        this.call = call;
        this.element = element;
    }

    /** Returns the name of the tapped copy of a method. */
    String weave(ClassSource type, MethodSource method, List<String> rest) throws Untappable {
        String key = type.qualifiedName() + "#" + method.name() + "#" + String.join(".", rest);
        String known = woven.get(key);
        if (known != null) {
            return known;
        }
        String name = additions.freshName(method, "tap");
        woven.put(key, name);
        List<String> body = rest.isEmpty() ? leaf(type, method) : copy(type, method, rest);
        List<String> parameters = new ArrayList<>(List.of(TAPS + ": List[Tensor]"));
        parameters.addAll(Additions.parameters(method));
        additions.add(type, method.self(), name, parameters, method.returnType(), body);
        return name;
    }

    private List<String> leaf(ClassSource type, MethodSource method) throws Untappable {
        LayerOutput output =
                LayerOutput.of(router, type.simpleName(), method.returnType(), element);
        List<String> body = new ArrayList<>();
        body.add(LayerOutput.WHOLE + " = " + Additions.selfCall(method, method.name()));
        body.addAll(output.taken());
        body.add("pl_a = torch.requires_grad_(torch.detach(" + LayerOutput.TENSOR + "))");
        body.add("pl_n = torch.append(" + TAPS + ", pl_a)");
        body.add(LayerOutput.REPLACED + " = torch.clone(pl_a)");
        body.addAll(output.returned());
        return body;
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
        for (Route route : tapped(router.routes(type, method, rest))) {
            String name = weave(route.type(), route.method(), route.rest());
            edits.replace(
                    route.call().method().start(),
                    route.call().argumentsStart(),
                    name + "(" + TAPS + ", ");
            tapped.add(route.call());
        }
        differentiable.redirect(type, method, tapped, edits);
        return edits.lines(method.body());
    }

    /** Drops calls that are not meant, and those that return no tensor if another does. */
    private List<Route> tapped(List<Route> routes) {
        List<Route> meant =
                routes.stream()
                        .filter(
                                r ->
                                        !r.rest().isEmpty()
                                                || call.isEmpty()
                                                || call.get().equals(r.method().name()))
                        .toList();
        List<Route> carrying =
                meant.stream()
                        .filter(
                                r ->
                                        !r.rest().isEmpty()
                                                || LayerOutput.carriesTensor(
                                                        router, r.method().returnType(), element))
                        .toList();
        return carrying.isEmpty() ? meant : carrying;
    }
}
