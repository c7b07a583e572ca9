package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Operation;
import org.plumbline.core.instrument.edit.Operations;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists the operations of a method and of the modules it calls. Confined to one thread; one use.
 */
final class OperationListing {
    private final Router router;
    private final Operations operations;
    private final Map<String, LayerStatus> found = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();

    OperationListing(Router router) {
        this.router = router;
        this.operations = new Operations(router);
    }

    List<LayerStatus> of(ClassSource type, MethodSource method) {
        entered(type, method, "");
        return List.copyOf(found.values());
    }

    private void entered(ClassSource type, MethodSource method, String prefix) {
        for (Operation operation : operations.of(type, method)) {
            String path = prefix + operation.name();
            found.putIfAbsent(path, LayerStatus.operation(path, operation.function()));
        }
        walk(type, method, prefix);
    }

    private void walk(ClassSource type, MethodSource method, String prefix) {
        if (!seen.add(prefix + " " + type.qualifiedName() + " " + method.name())) {
            return;
        }
        Map<String, List<String>> paths = method.aliasPaths();
        for (Statement statement : method.body()) {
            for (CallSite call : statement.calls()) {
                Optional.ofNullable(paths.get(call.receiver()))
                        .ifPresent(path -> follow(type, call, path, prefix));
            }
        }
    }

    private void follow(ClassSource type, CallSite call, List<String> path, String prefix) {
        Optional<ClassSource> child = router.typeAt(type, path);
        Optional<MethodSource> called = child.flatMap(c -> c.method(call.method().text()));
        if (called.isPresent() && path.isEmpty()) {
            walk(type, called.get(), prefix); // its operations count as the caller's
        } else if (called.isPresent()) {
            entered(child.get(), called.get(), prefix + String.join(".", path) + ".");
        }
    }
}
