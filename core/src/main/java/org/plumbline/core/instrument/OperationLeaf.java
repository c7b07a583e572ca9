package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Operation;
import org.plumbline.core.instrument.edit.Operations;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Probes the result of one operation in a module's method, at any depth of an expression: its text
 * becomes the argument of an added method. Confined to one thread.
 */
final class OperationLeaf implements Leaf {
    private static final int SHOWN = 12;

    private final Operations operations;
    private final Additions additions;
    private final String name;
    private final Insertion insertion;

    OperationLeaf(Operations operations, Additions additions, String name, Insertion insertion) {
        this.operations = operations;
        this.additions = additions;
        this.name = name;
        this.insertion = insertion;
    }

    @Override
    public Insertion insertion() {
        return insertion;
    }

    @Override
    public List<String> body(ClassSource type, MethodSource method) throws Untappable {
        return body(type, method, name);
    }

    private List<String> body(ClassSource type, MethodSource method, String wanted)
            throws Untappable {
        List<Operation> all = operations.of(type, method);
        Operation operation =
                all.stream()
                        .filter(o -> o.name().equals(wanted))
                        .findFirst()
                        .orElseThrow(() -> new Untappable(missing(all)));
        Edits edits = new Edits(type.file());
        if (operation.helper().isPresent()) {
            intoHelper(edits, type, operation.helper().get());
        } else {
            String probing = probing(type, method);
            String open = "(" + method.self() + ")." + insertion.opened(probing);
            edits.replace(
                    operation.start(),
                    operation.end(),
                    open + type.file().text(operation.start(), operation.end()) + ", )");
        }
        return edits.lines(method.body());
    }

    private void intoHelper(Edits edits, ClassSource type, Operation.Helper helper)
            throws Untappable {
        MethodSource method = helper.method();
        List<String> body = body(type, method, helper.inside());
        String copy = additions.freshName(method, insertion.purpose());
        List<String> parameters = insertion.parameters(method);
        additions.add(type, method.self(), copy, parameters, method.returnType(), body);
        CallSite call = helper.call();
        edits.replace(call.method().start(), call.argumentsStart(), insertion.opened(copy));
    }

    private String probing(ClassSource type, MethodSource method) {
        String added = additions.freshName(method, insertion.purpose());
        List<String> body = new ArrayList<>(insertion.lines());
        body.add("return pl_z");
        additions.add(
                type,
                method.self(),
                added,
                insertion.parameters(List.of(Operations.INSERTED + ": Tensor")),
                "Tensor",
                body);
        return added;
    }

    private static String missing(List<Operation> all) {
        String some =
                all.stream().limit(SHOWN).map(Operation::name).collect(Collectors.joining(", "));
        return "no such operation" + (some.isEmpty() ? "" : "; it has: " + some);
    }
}
