package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Where the logits are in what {@code forward} returns. Immutable.
 *
 * <p>Without a selector they are the first Tensor of a tuple or named tuple, the first member of a
 * list, and the only entry of a dictionary.
 */
final class RootOutput {
    private static final String TENSOR = "Tensor";
    private static final String OPTIONAL = "Optional[Tensor]";
    private static final String TUPLE = "Tuple[";
    private static final String WHOLE = "pl_out";

    private final List<String> lines;

    private RootOutput(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    /**
     * Finds the logits by the declared type.
     *
     * @param type what {@code forward} returns
     * @throws Untappable if no Tensor of that type is meant by the selector
     */
    static RootOutput of(Archive archive, String type, Optional<OutputSelector> selector)
            throws Untappable {
        if (type.equals(TENSOR) && selector.isEmpty()) {
            return new RootOutput(List.of());
        }
        if (type.equals(OPTIONAL) && selector.isEmpty()) {
            return new RootOutput(cast(WHOLE, OPTIONAL, "output"));
        }
        if (type.equals("List[Tensor]")) {
            int index = listIndex(type, selector);
            return new RootOutput(List.of("pl_logits = " + WHOLE + "[" + index + "]"));
        }
        if (type.equals("Dict[str, Tensor]")) {
            return new RootOutput(selector.map(RootOutput::entry).orElseGet(RootOutput::onlyEntry));
        }
        Optional<ClassSource> named = archive.type(type).filter(c -> c.methods().isEmpty());
        if (named.isPresent() || type.startsWith(TUPLE)) {
            List<Element> elements = named.map(RootOutput::fields).orElseGet(() -> elements(type));
            Element chosen = chosen(elements, selector, type);
            return new RootOutput(cast(chosen.text(), chosen.type(), "output: " + chosen.name()));
        }
        throw refused(selector, "forward returns " + type);
    }

    /** Returns whether {@code forward} returns the logits and nothing else. */
    boolean isLogits() {
        return lines.isEmpty();
    }

    /** Returns statements that run a method of the root and leave {@code pl_logits}. */
    List<String> after(String call) {
        if (isLogits()) {
            return List.of("pl_logits = " + call);
        }
        List<String> all = new ArrayList<>(List.of(WHOLE + " = " + call));
        all.addAll(lines);
        return all;
    }

    private static int listIndex(String type, Optional<OutputSelector> selector) throws Untappable {
        OptionalInt index = selector.map(OutputSelector::index).orElse(OptionalInt.of(0));
        if (index.isEmpty()) {
            throw refused(selector, "an index, since forward returns " + type);
        }
        return index.getAsInt();
    }

    private static List<String> entry(OutputSelector selector) {
        String key = "\"" + selector.value() + "\"";
        return List.of(
                "if torch.__not__(torch.__contains__(" + WHOLE + ", " + key + ")):",
                "  pl_keys = torch.join(\", \", torch.list(torch.keys(" + WHOLE + ")))",
                "  pl_told = torch.add(\"output: "
                        + selector.value()
                        + " (expected: one of \", pl_keys)",
                "  ops.prim.RaiseException(torch.add(pl_told, \")\"))",
                "else:",
                "  pass",
                "pl_logits = " + WHOLE + "[" + key + "]");
    }

    private static List<String> onlyEntry() {
        return List.of(
                "pl_keys = torch.list(torch.keys(" + WHOLE + "))",
                "if torch.ne(torch.len(pl_keys), 1):",
                "  pl_told = torch.add(\"output: none (expected: one of \", torch.join(\", \","
                        + " pl_keys))",
                "  ops.prim.RaiseException(torch.add(pl_told, \")\"))",
                "else:",
                "  pass",
                "pl_logits = " + WHOLE + "[pl_keys[0]]");
    }

    private static List<String> cast(String text, String type, String field) {
        if (type.equals(TENSOR)) {
            return List.of("pl_logits = " + text);
        }
        return List.of(
                "pl_chosen = " + text,
                "if torch.__is__(pl_chosen, None):",
                "  ops.prim.RaiseException(\"" + field + " (expected: a Tensor, not None)\")",
                "else:",
                "  pass",
                "pl_logits = unchecked_cast(Tensor, pl_chosen)");
    }

    private static Element chosen(
            List<Element> elements, Optional<OutputSelector> selector, String type)
            throws Untappable {
        if (selector.isEmpty()) {
            return elements.stream()
                    .filter(e -> e.type().equals(TENSOR))
                    .findFirst()
                    .or(() -> elements.stream().filter(Element::isTensor).findFirst())
                    .orElseThrow(() -> refused(selector, "forward returns " + type));
        }
        OptionalInt index = selector.get().index();
        return elements.stream()
                .filter(
                        e ->
                                e.name().equals(selector.get().value())
                                        || index.equals(OptionalInt.of(elements.indexOf(e))))
                .filter(Element::isTensor)
                .findFirst()
                .orElseThrow(() -> refused(selector, "one of " + names(elements)));
    }

    private static String names(List<Element> elements) {
        return elements.stream()
                .filter(Element::isTensor)
                .map(Element::name)
                .collect(Collectors.joining(", "));
    }

    private static List<Element> fields(ClassSource named) {
        return named.attributes().entrySet().stream()
                .map(e -> new Element(e.getKey(), e.getValue(), WHOLE + "." + e.getKey()))
                .toList();
    }

    private static List<Element> elements(String tuple) {
        List<Element> elements = new ArrayList<>();
        int depth = 0;
        int start = TUPLE.length();
        for (int i = start; i < tuple.length(); i++) {
            char c = tuple.charAt(i);
            boolean end = i == tuple.length() - 1;
            if (end || (c == ',' && depth == 0)) {
                int number = elements.size();
                elements.add(
                        new Element(
                                Integer.toString(number),
                                tuple.substring(start, i).strip(),
                                "(" + WHOLE + ")[" + number + "]"));
                start = i + 1;
            } else if (c == '[') {
                depth++;
            } else if (c == ']') {
                depth--;
            }
        }
        return elements;
    }

    private static Untappable refused(Optional<OutputSelector> selector, String expected) {
        String value = selector.map(OutputSelector::value).orElse("none");
        return new Untappable("output " + value + " is no Tensor: " + expected);
    }

    private record Element(String name, String type, String text) {
        boolean isTensor() {
            return type.equals(TENSOR) || type.equals(OPTIONAL);
        }
    }
}
