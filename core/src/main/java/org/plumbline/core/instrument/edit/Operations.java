package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the operations of a method: calls of {@code torch} functions, or of functions an archive
 * carries along, that return a Tensor. Confined to one thread.
 *
 * <p>Names drop the underscore of in-place forms; {@code _convolution} counts as {@code conv2d} and
 * {@code addmm} as {@code linear}, which is what exporters made of them. Calls of other methods of
 * the same module are followed, as torch.fx follows them.
 */
public final class Operations {
    /**
     * The one parameter of methods that were put behind an operation, which is their argument: its
     * value is what they return.
     */
    public static final String INSERTED = "pl_y";

    private static final int DEEPEST = 8;

    private final Router router;

    /** Finds operations in the methods a router walks. */
    public Operations(Router router) {
        this.router = router;
    }

    /** Returns whether a word may name an operation, such as {@code conv2d_3}. */
    public static boolean isName(String word) {
        return FunctionCall.isName(word);
    }

    /**
     * Returns the operations of a method in the order in which they run; those whose result nothing
     * reads have a number but are left out.
     */
    public List<Operation> of(ClassSource type, MethodSource method) {
        return of(type, method, DEEPEST);
    }

    private List<Operation> of(ClassSource type, MethodSource method, int depth) {
        LocalTensors tensors = new LocalTensors(router, type, method);
        Map<String, Integer> counts = new HashMap<>();
        Set<String> used = new HashSet<>();
        method.body().forEach(s -> used.addAll(s.used()));
        List<Operation> operations = new ArrayList<>();
        for (Statement statement : method.body()) {
            List<Found> found = new ArrayList<>(functions(statement, tensors));
            List<CallSite> calls = new ArrayList<>(statement.calls());
            calls.sort(Comparator.comparingInt(CallSite::end)); // inner before outer
            for (CallSite call : calls) {
                Optional<MethodSource> helper =
                        call.receiver().equals(method.self())
                                ? type.method(call.method().text())
                                : Optional.empty();
                if (helper.isPresent() && isInserted(helper.get())) {
                    found.replaceAll(f -> f.widened(call));
                } else if (depth > 0 && helper.isPresent()) {
                    found.addAll(inside(type, call, helper.get(), depth));
                }
            }
            found.sort(Comparator.comparingInt(Found::order)); // stable: a helper's stay in order
            for (Found each : found) {
                Operation operation = each.named(counts);
                if (!isDropped(statement, each, used)) {
                    operations.add(operation);
                }
            }
            tensors.learn(statement);
        }
        return operations;
    }

    private static boolean isInserted(MethodSource helper) {
        return helper.parameters().size() == 1
                && helper.parameters().get(0).name().equals(INSERTED);
    }

    /** Returns whether nothing reads a result, as of {@code _0 = torch.mul_(x, 2)}. */
    private static boolean isDropped(Statement statement, Found found, Set<String> used) {
        return found.helper().isEmpty()
                && found.end() == statement.end()
                && !statement.assigned().isEmpty()
                && statement.assigned().stream().noneMatch(used::contains);
    }

    private List<Found> inside(ClassSource type, CallSite call, MethodSource helper, int depth) {
        List<Found> found = new ArrayList<>();
        for (Operation operation : of(type, helper, depth - 1)) {
            found.add(
                    new Found(
                            operation.function(),
                            Optional.of(new Operation.Helper(call, helper, operation.name())),
                            operation.start(),
                            operation.end(),
                            call.end()));
        }
        return found;
    }

    private static List<Found> functions(Statement statement, LocalTensors tensors) {
        List<Token> tokens = statement.tokens();
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Optional<FunctionCall> call = FunctionCall.at(tokens, i);
            if (call.isPresent() && tensors.isTensor(tokens, call.get())) {
                int end = tokens.get(call.get().close()).end();
                found.add(
                        new Found(
                                call.get().function(),
                                Optional.empty(),
                                tokens.get(i).start(),
                                end,
                                end));
            }
        }
        return found;
    }

    /** An operation before it has its name; order is the place where it has run. */
    private record Found(
            String function, Optional<Operation.Helper> helper, int start, int end, int order) {
        /** Returns it with the text of a call whose argument it is. */
        Found widened(CallSite call) {
            boolean argument = helper.isEmpty() && start == call.argumentsStart();
            return argument
                    ? new Found(function, helper, call.start(), call.end(), call.end())
                    : this;
        }

        Operation named(Map<String, Integer> counts) {
            String base = FunctionCall.base(function);
            int number = counts.merge(base, 1, Integer::sum) - 1;
            String name = number == 0 ? base : base + "_" + number;
            return new Operation(name, function, helper, start, end);
        }
    }
}
