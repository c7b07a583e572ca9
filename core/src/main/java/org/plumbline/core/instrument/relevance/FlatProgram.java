package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.relevance.Step.Branch;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Attribute;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code forward} with every call of a module and of a printed function written out: one list of
 * operators, whatever the exporter. Immutable.
 *
 * @param self name of the root module
 * @param input name of the input
 * @param constants steps that only read attributes
 * @param steps the others
 * @param result what forward returns
 */
public record FlatProgram(
        String self, String input, List<Step> constants, List<Step> steps, Expression result) {
    /** Copies the lists. */
    public FlatProgram {
        constants = List.copyOf(constants);
        steps = List.copyOf(steps);
    }

    /** Returns the attribute path of every name that holds an attribute of a module. */
    public Map<String, String> attributes() {
        Map<String, String> paths = new LinkedHashMap<>();
        for (Step step : constants) {
            if (step instanceof Operation operation) {
                String target = operation.targets().get(0);
                if (operation.value() instanceof Attribute attribute) {
                    String base = attribute.base().text();
                    String name = attribute.name();
                    paths.put(target, base.equals(self) ? name : paths.get(base) + "." + name);
                } else {
                    paths.put(target, paths.getOrDefault(Constants.uncertain(target), ""));
                }
            }
        }
        return paths;
    }

    /** Returns the body of a method that computes the result. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        write(constants, "", lines);
        write(steps, "", lines);
        lines.add("return " + result.text());
        return lines;
    }

    static void write(List<Step> steps, String indent, List<String> lines) {
        for (Step step : steps) {
            if (step instanceof Operation operation) {
                lines.add(indent + line(operation));
            } else if (step instanceof Branch branch) {
                lines.add(indent + "if " + branch.condition().text() + ":");
                block(branch.then(), indent, lines);
                lines.add(indent + "else:");
                block(branch.otherwise(), indent, lines);
            } else if (step instanceof Loop loop) {
                lines.add(indent + header(loop));
                block(loop.body(), indent, lines);
            }
        }
    }

    private static void block(List<Step> steps, String indent, List<String> lines) {
        int before = lines.size();
        write(steps, indent + "  ", lines);
        if (lines.size() == before) {
            lines.add(indent + "  pass");
        }
    }

    static String header(Loop loop) {
        return loop.variable().map(v -> "for " + v + " in ").orElse("while ")
                + loop.over().text()
                + ":";
    }

    static String line(Operation operation) {
        String value = operation.value().text();
        if (operation.targets().isEmpty()) {
            return value;
        }
        String targets = String.join(", ", operation.targets());
        return targets + operation.type().map(t -> " : " + t).orElse("") + " = " + value;
    }
}
