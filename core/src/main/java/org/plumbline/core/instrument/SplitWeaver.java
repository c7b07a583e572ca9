package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Statement;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits the methods between the root and a layer in two: a trunk up to and including the layer,
 * and a head after it. Both are added; the trunk returns the tensors the head needs, the layer's
 * output first, then values that bypass it, such as a residual branch. Confined to one thread.
 *
 * <p>Names of submodules, functions and literals are repeated in the head, as they cost nothing;
 * sizes are computed again from the tensors that cross. Branches around the layer are taken as for
 * the inputs that reach it; for others the trunk fails.
 */
final class SplitWeaver {
    static final String STATE = "pl_state";

    private final Router router;
    private final Additions additions;
    private final TapWeaver taps;

    SplitWeaver(Router router, Additions additions) {
        this.router = router;
        this.additions = additions;
        this.taps = new TapWeaver(router, additions);
    }

    /**
     * The two halves of a method.
     *
     * @param values tensors the trunk returns
     */
    record Halves(String trunk, String head, int values) {}

    Halves weave(ClassSource type, MethodSource method, List<String> rest) throws Untappable {
        return rest.isEmpty() ? leaf(type, method) : split(type, method, rest);
    }

    /**
     * Returns a trunk up to a cut that also taps a layer before the cut; it takes the list of taps
     * first.
     *
     * @param rest path from the method's module to the cut
     * @param probe path from the method's module to the tapped layer; not at or above the cut
     */
    String weaveTapped(ClassSource type, MethodSource method, List<String> rest, List<String> probe)
            throws Untappable {
        Cut cut = Cut.of(router, type, method, rest);
        Route route = cut.route();
        Edits edits = new Edits(type.file());
        String below = "";
        for (Route tapped : router.routes(type, method, probe)) {
            boolean same = tapped.call().equals(route.call());
            if (same && (route.rest().isEmpty() || tapped.rest().isEmpty())) {
                throw new Untappable("the cut lies at or inside the tapped layer");
            }
            if (same) {
                below =
                        weaveTapped(route.type(), route.method(), route.rest(), tapped.rest())
                                + "("
                                + TapWeaver.TAPS
                                + ", ";
            } else if (tapped.call().start() < route.call().end()) {
                String name = taps.weave(tapped.type(), tapped.method(), tapped.rest());
                edits.replace(
                        tapped.call().method().start(),
                        tapped.call().argumentsStart(),
                        name + "(" + TapWeaver.TAPS + ", ");
            }
        }
        if (below.isEmpty()) {
            below = weave(route.type(), route.method(), route.rest()).trunk() + "(";
        }
        List<String> trunk = new ArrayList<>(cut.beforeLines(edits));
        trunk.add(
                "return ("
                        + route.call().receiver()
                        + ")."
                        + below
                        + edits.text(route.call().argumentsStart(), route.call().argumentsEnd())
                        + ")");
        List<String> parameters = new ArrayList<>(List.of(TapWeaver.TAPS + ": List[Tensor]"));
        parameters.addAll(Additions.parameters(method));
        String name = additions.freshName(method, "tapped_trunk");
        additions.add(type, method.self(), name, parameters, "List[Tensor]", trunk);
        return name;
    }

    private Halves leaf(ClassSource type, MethodSource method) throws Untappable {
        TapWeaver.requireTensor(type, method);
        Halves halves = names(method, 1);
        additions.add(
                type,
                method.self(),
                halves.trunk(),
                Additions.parameters(method),
                "List[Tensor]",
                List.of("return [" + Additions.selfCall(method, method.name()) + "]"));
        additions.add(
                type,
                method.self(),
                halves.head(),
                List.of(STATE + ": List[Tensor]"),
                "Tensor",
                List.of("return torch.clone(" + STATE + "[0])"));
        return halves;
    }

    private Halves names(MethodSource method, int values) {
        return new Halves(
                additions.freshName(method, "trunk"), additions.freshName(method, "head"), values);
    }

    private Halves split(ClassSource type, MethodSource method, List<String> rest)
            throws Untappable {
        Cut cut = Cut.of(router, type, method, rest);
        Route route = cut.route();
        SourceFile file = type.file();
        Halves below = weave(route.type(), route.method(), route.rest());
        ValueTypes types = ValueTypes.of(router, type, method);
        Crossing crossing = Crossing.of(type, method, cut, types);
        Halves halves = names(method, below.values() + crossing.tensors().size());

        List<String> trunk = new ArrayList<>(cut.beforeLines(new Edits(file)));
        String arguments = file.text(route.call().argumentsStart(), route.call().argumentsEnd());
        trunk.add(
                STATE
                        + " = ("
                        + route.call().receiver()
                        + ")."
                        + below.trunk()
                        + "("
                        + arguments
                        + ")");
        int number = 0;
        for (String name : crossing.tensors()) {
            trunk.add("pl_n" + number++ + " = torch.append(" + STATE + ", " + name + ")");
        }
        trunk.add("return " + STATE);
        additions.add(
                type,
                method.self(),
                halves.trunk(),
                Additions.parameters(method),
                "List[Tensor]",
                trunk);

        List<String> head = new ArrayList<>(new Edits(file).lines(crossing.repeated()));
        int at = below.values();
        for (String name : crossing.tensors()) {
            head.add(name + " = torch.clone(" + STATE + "[" + at++ + "])");
        }
        head.addAll(new Edits(file).lines(crossing.recomputed()));
        Edits edits = new Edits(file);
        edits.replace(
                route.call().start(),
                route.call().end(),
                "(" + route.call().receiver() + ")." + below.head() + "(" + STATE + ", )");
        head.addAll(edits.lines(List.of(topLevel(route.statement()))));
        head.addAll(edits.lines(cut.after()));
        additions.add(
                type,
                method.self(),
                halves.head(),
                List.of(STATE + ": List[Tensor]"),
                method.returnType(),
                head);
        return halves;
    }

    /** Returns the line of the call outside the branches it stands in. */
    private static Statement topLevel(Statement statement) {
        return new Statement(Statement.TOP_LEVEL, statement.tokens());
    }
}
