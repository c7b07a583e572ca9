package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Statements that take one tensor out of what a module returns, and put another in its place.
 * Immutable.
 *
 * <p>The tensor is the first one of a tuple, named tuple, list or dictionary, to any depth, or the
 * one that a selector names: {@code attn.1}, {@code backbone.low}.
 */
final class LayerOutput {
    /** The value returned by the module. */
    static final String WHOLE = "pl_out";

    /** The tensor in it. */
    static final String TENSOR = "pl_y";

    /** The tensor to put there. */
    static final String REPLACED = "pl_z";

    private static final String NONE = "NoneType";

    private final Router router;
    private final String owner;
    private final List<String> taken = new ArrayList<>();
    private final List<String> put = new ArrayList<>();
    private int names;

    private LayerOutput(Router router, String owner) {
        this.router = router;
        this.owner = owner;
    }

    /**
     * Finds the tensor by the declared type.
     *
     * @param owner class of the module, for the message
     * @param type what its method returns
     * @param selector indices, fields or keys from the outside in; may stop early
     * @throws Untappable if there is no such tensor
     */
    static LayerOutput of(Router router, String owner, String type, List<String> selector)
            throws Untappable {
        LayerOutput output = new LayerOutput(router, owner);
        String result = output.descend(WHOLE, type, selector);
        output.put.add("return " + result);
        return output;
    }

    /** Returns whether a type has a tensor where a selector says. */
    static boolean carriesTensor(Router router, String type, List<String> selector) {
        try {
            of(router, "", type, selector);
            return true;
        } catch (Untappable e) {
            return false;
        }
    }

    /** Returns statements from {@link #WHOLE} to {@link #TENSOR}. */
    List<String> taken() {
        return List.copyOf(taken);
    }

    /** Returns statements from {@link #REPLACED} to a return of the whole. */
    List<String> returned() {
        return List.copyOf(put);
    }

    /** Returns the name that holds the rebuilt value. */
    private String descend(String value, String type, List<String> selector) throws Untappable {
        if (type.equals("Tensor") && selector.isEmpty()) {
            taken.add(TENSOR + " = " + value);
            return REPLACED;
        }
        if (type.startsWith("Optional[")) {
            return optional(value, type, selector);
        }
        if (type.startsWith("Tuple[")) {
            return tuple(value, type, selector);
        }
        if (type.startsWith("List[") || type.startsWith("Dict[str, ")) {
            return container(value, type, selector);
        }
        ClassSource named = router.type(type).filter(c -> c.methods().isEmpty()).orElse(null);
        if (named == null || type.equals("Tensor")) {
            throw refused(type, selector);
        }
        return fields(value, type, named, selector);
    }

    private String optional(String value, String type, List<String> selector) throws Untappable {
        String inner = TypeNames.arguments(type).get(0);
        taken.add("if torch.__is__(" + value + ", None):");
        taken.add("  ops.prim.RaiseException(\"" + owner + " returned None for this input\")");
        taken.add("else:");
        taken.add("  pass");
        String present = fresh();
        taken.add(present + " = unchecked_cast(" + inner + ", " + value + ")");
        return descend(present, inner, selector);
    }

    private String tuple(String value, String type, List<String> selector) throws Untappable {
        List<String> types = TypeNames.arguments(type);
        List<String> parts = types.stream().map(t -> fresh()).toList();
        taken.add(String.join(", ", parts) + ", = " + value);
        List<String> numbers =
                IntStream.range(0, types.size()).mapToObj(Integer::toString).toList();
        int chosen = chosen(numbers, types, type, selector);
        List<String> rebuilt = new ArrayList<>(parts);
        rebuilt.set(chosen, descend(parts.get(chosen), types.get(chosen), rest(selector)));
        String whole = fresh();
        put.add(whole + " = (" + String.join(", ", rebuilt) + (types.size() == 1 ? ",)" : ")"));
        return whole;
    }

    private String fields(String value, String type, ClassSource named, List<String> selector)
            throws Untappable {
        List<String> names = List.copyOf(named.attributes().keySet());
        List<String> types = List.copyOf(named.attributes().values());
        int chosen = chosen(names, types, type, selector);
        List<String> rebuilt =
                names.stream().map(n -> value + "." + n).collect(Collectors.toList());
        String part = fresh();
        taken.add(part + " = " + rebuilt.get(chosen));
        rebuilt.set(chosen, descend(part, types.get(chosen), rest(selector)));
        String whole = fresh();
        put.add(whole + " = " + type + "(" + String.join(", ", rebuilt) + ")");
        return whole;
    }

    /** A list or dictionary; it is copied, since others may hold it. */
    private String container(String value, String type, List<String> selector) throws Untappable {
        boolean list = type.startsWith("List[");
        List<String> types = TypeNames.arguments(type);
        String key = fresh();
        if (list) {
            taken.add(key + " = " + index(type, selector));
        } else if (selector.isEmpty()) {
            taken.add(key + " = torch.list(torch.keys(" + value + "))[0]");
        } else {
            taken.add(key + " = \"" + selector.get(0) + "\"");
        }
        String part = fresh();
        taken.add(part + " = " + value + "[" + key + "]");
        String replaced = descend(part, types.get(types.size() - 1), rest(selector));
        String whole = fresh();
        put.add(whole + " = torch." + (list ? "list" : "copy") + "(" + value + ")");
        put.add(fresh() + " = torch._set_item(" + whole + ", " + key + ", " + replaced + ")");
        return whole;
    }

    private String index(String type, List<String> selector) throws Untappable {
        if (selector.isEmpty()) {
            return "0";
        }
        if (!selector.get(0).matches("[0-9]{1,6}")) {
            throw refused(type, selector);
        }
        return selector.get(0);
    }

    private int chosen(List<String> names, List<String> types, String type, List<String> selector)
            throws Untappable {
        if (!selector.isEmpty()) {
            int named = names.indexOf(selector.get(0));
            if (named < 0) {
                throw refused(type, selector);
            }
            return named;
        }
        int plain = types.indexOf("Tensor");
        return plain >= 0
                ? plain
                : IntStream.range(0, types.size())
                        .filter(i -> carriesTensor(router, types.get(i), List.of()))
                        .findFirst()
                        .orElseThrow(() -> refused(type, selector));
    }

    private static List<String> rest(List<String> selector) {
        return selector.isEmpty() ? selector : selector.subList(1, selector.size());
    }

    private String fresh() {
        return "pl_v" + names++;
    }

    private Untappable refused(String type, List<String> selector) {
        if (type.equals(NONE)) {
            return new Untappable(owner + " returns None: tracing left nothing of it");
        }
        String element = selector.isEmpty() ? "" : " at " + String.join(".", selector);
        return new Untappable(owner + " returns " + type + ", no Tensor" + element);
    }
}
