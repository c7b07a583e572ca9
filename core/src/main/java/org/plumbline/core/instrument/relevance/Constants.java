package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.instrument.relevance.Value.Operand;
import org.plumbline.core.instrument.relevance.Value.Submodule;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Attribute;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Attributes of modules, each read once at the start of the flat program. {@code training} is
 * {@code False}: explanations are of the model as it is served. Confined to one thread.
 */
final class Constants {
    private static final Pattern FINAL =
            Pattern.compile("Final\\[(?:int|float|bool)] = (-?[0-9.e+-]+|True|False)");

    /** Ends the name of a tensor that is not None. */
    private static final String CERTAIN = "_t";

    private final Archive archive;
    private final String self;
    private final Folding folding;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();

    Constants(Archive archive, String self, Folding folding) {
        this.archive = archive;
        this.self = self;
        this.folding = folding;
    }

    List<Step> steps() {
        return steps;
    }

    /** Returns what an attribute of a module stands for. */
    Value attribute(Submodule module, String name) {
        String path = module.path().isEmpty() ? name : module.path() + "." + name;
        String declared = module.type().attributes().getOrDefault(name, "");
        Optional<ClassSource> type = archive.type(declared);
        if (type.isPresent() && archive.module(path).isPresent()) {
            return new Submodule(path, type.get());
        }
        if (name.equals("training")) {
            return new Operand(Literal.of(false));
        }
        boolean tensor =
                archive.module(module.path()).map(ModuleNode::tensors).stream()
                        .anyMatch(tensors -> tensors.contains(name));
        if (tensor) {
            return new Operand(tensor(module.path(), path, name));
        }
        Matcher literal = FINAL.matcher(declared);
        if (literal.matches()) {
            return new Operand(new Literal(literal.group(1)));
        }
        return declared.equals("NoneType") || declared.equals("Optional[Tensor]")
                ? new Operand(Literal.NONE)
                : new Operand(new Name(read(module.path(), path, name)));
    }

    private Expression tensor(String module, String path, String name) {
        String read = read(module, path, name);
        String certain = read + CERTAIN;
        if (names.put(path + " present", certain) == null) {
            Expression cast = new Name("unchecked_cast(Tensor, " + read + ")");
            add(certain, cast, module);
            folding.present(certain);
        }
        return new Name(certain);
    }

    /** Returns the name that a name of a certain tensor was made from. */
    static String uncertain(String certain) {
        return certain.substring(0, certain.length() - CERTAIN.length());
    }

    /** Returns the name that holds an attribute. */
    private String read(String module, String path, String name) {
        String known = names.get(path);
        if (known != null) {
            return known;
        }
        Expression base = new Name(module.isEmpty() ? self : holder(module));
        String fresh = "pl_k" + names.size();
        names.put(path, fresh);
        add(fresh, new Attribute(base, name), module);
        return fresh;
    }

    private String holder(String module) {
        int dot = module.lastIndexOf('.');
        return read(module.substring(0, Math.max(0, dot)), module, module.substring(dot + 1));
    }

    private void add(String name, Expression value, String module) {
        steps.add(
                new Operation(
                        List.of(name), Optional.empty(), value, new Origin(module, value.text())));
    }
}
