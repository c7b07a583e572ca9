package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Parameter;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keeps values exact where a module takes another way when gradients are recorded.
 *
 * <p>Scripted attention runs a fused operator without derivative when no argument requires a
 * gradient, and differs in the last bits when one does. A copy of its method returns the value of
 * the fused way with the derivative of the other: {@code detach(y) + (m - detach(m))}, where the
 * bracket is zero. Where the model goes on with another tensor that the module returns, values may
 * still differ, and verification says so. Confined to one thread.
 */
final class DifferentiableCalls {
    private static final Set<String> FUSED =
            Set.of("_native_multi_head_attention", "_transformer_encoder_layer_fwd");

    private static final String DETACHED = "pl_x_";

    private final Router router;
    private final Additions additions;
    private final Map<String, Optional<String>> copies = new HashMap<>();

    DifferentiableCalls(Router router, Additions additions) {
        this.router = router;
        this.additions = additions;
    }

    /** Replaces the calls in a method that lead to such a module, but for some. */
    void redirect(ClassSource type, MethodSource method, Set<CallSite> kept, Edits edits) {
        Map<String, List<String>> paths = method.aliasPaths();
        for (Statement statement : method.body()) {
            for (CallSite call : statement.calls()) {
                if (!kept.contains(call) && paths.containsKey(call.receiver())) {
                    List<String> path = paths.get(call.receiver());
                    router.typeAt(type, path)
                            .flatMap(c -> c.method(call.method().text()).flatMap(m -> copy(c, m)))
                            .ifPresent(
                                    name ->
                                            edits.replace(
                                                    call.method().start(),
                                                    call.method().end(),
                                                    name));
                }
            }
        }
    }

    /** Returns the name of an exact copy of a method, if it needs one. */
    private Optional<String> copy(ClassSource type, MethodSource method) {
        String key = type.qualifiedName() + "#" + method.name();
        Optional<String> known = copies.get(key);
        if (known != null) {
            return known;
        }
        copies.put(key, Optional.empty()); // a recursive helper
        Optional<List<String>> body = body(type, method);
        Optional<String> name = body.map(b -> additions.freshName(method, "exact"));
        body.ifPresent(
                lines ->
                        additions.add(
                                type,
                                method.self(),
                                name.orElseThrow(),
                                Additions.parameters(method),
                                method.returnType(),
                                lines));
        copies.put(key, name);
        return name;
    }

    private Optional<List<String>> body(ClassSource type, MethodSource method) {
        if (choosesFused(method)) {
            return exact(type, method).map(name -> chosen(method, name));
        }
        Edits edits = new Edits(type.file());
        redirect(type, method, Set.of(), edits);
        return edits.isEmpty() ? Optional.empty() : Optional.of(edits.lines(method.body()));
    }

    /** Returns whether a fused operator stands in a branch; outside of one, there is no choice. */
    private static boolean choosesFused(MethodSource method) {
        return method.body().stream()
                .filter(s -> s.indent() > Statement.TOP_LEVEL)
                .flatMap(s -> s.tokens().stream())
                .map(Token::text)
                .anyMatch(FUSED::contains);
    }

    /** Without a gradient to record, the method itself is exact. */
    private static List<String> chosen(MethodSource method, String exact) {
        String recorded =
                tensors(method).stream()
                        .map(p -> "ops.prim.requires_grad(" + p + ")")
                        .collect(Collectors.joining(", "));
        return List.of(
                "if torch.any([" + recorded + "]):",
                "  pl_r = " + Additions.selfCall(method, exact),
                "else:",
                "  pl_r = " + Additions.selfCall(method, method.name()),
                "return pl_r");
    }

    /** Returns the name of a method that runs both ways; none if it takes or returns no tensor. */
    private Optional<String> exact(ClassSource type, MethodSource method) {
        Optional<LayerOutput> output = output(type, method);
        if (output.isEmpty() || tensors(method).isEmpty()) {
            return Optional.empty();
        }
        List<String> body = detached(method);
        body.add(LayerOutput.WHOLE + " = " + detachedCall(method));
        body.addAll(output.get().taken());
        body.add("pl_e = torch.detach(" + LayerOutput.TENSOR + ")");
        body.add(LayerOutput.WHOLE + " = " + Additions.selfCall(method, method.name()));
        body.addAll(output.get().taken());
        String value = LayerOutput.TENSOR;
        body.add("pl_d = torch.sub(" + value + ", torch.detach(" + value + "))");
        body.add(LayerOutput.REPLACED + " = torch.add(pl_e, pl_d)");
        body.addAll(output.get().returned());
        String name = additions.freshName(method, "both");
        List<String> parameters = Additions.parameters(method);
        additions.add(type, method.self(), name, parameters, method.returnType(), body);
        return Optional.of(name);
    }

    private Optional<LayerOutput> output(ClassSource type, MethodSource method) {
        try {
            String returned = method.returnType();
            return Optional.of(LayerOutput.of(router, type.simpleName(), returned, List.of()));
        } catch (Untappable e) {
            return Optional.empty();
        }
    }

    /** Detaches the arguments; what was one tensor stays one, since attention asks for that. */
    private static List<String> detached(MethodSource method) {
        List<String> tensors = tensors(method);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            lines.add(DETACHED + tensors.get(i) + " = torch.detach(" + tensors.get(i) + ")");
            for (int j = 0; j < i; j++) {
                lines.add("if torch.__is__(" + tensors.get(i) + ", " + tensors.get(j) + "):");
                lines.add("  " + DETACHED + tensors.get(i) + " = " + DETACHED + tensors.get(j));
                lines.add("else:");
                lines.add("  pass");
            }
        }
        return lines;
    }

    private static String detachedCall(MethodSource method) {
        List<String> tensors = tensors(method);
        return method.parameters().stream()
                .map(Parameter::name)
                .map(p -> (tensors.contains(p) ? DETACHED + p : p) + ", ")
                .collect(
                        Collectors.joining(
                                "", "(" + method.self() + ")." + method.name() + "(", ")"));
    }

    private static List<String> tensors(MethodSource method) {
        return method.parameters().stream()
                .filter(p -> p.type().equals("Tensor"))
                .map(Parameter::name)
                .toList();
    }
}
