package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.source.CallSite;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the calls through which a method reaches a layer, by following local names of submodules
 * and declared attribute types. Confined to one thread.
 */
public final class Router {
    private final Archive archive;
    private final Map<String, Boolean> reached = new HashMap<>();

    public Router(Archive archive) {
        this.archive = archive;
    }

    /**
     * Returns the calls in a method that reach the layer, in the order of the text.
     *
     * @param rest path from the method's module to the layer, not empty
     */
    public List<Route> routes(ClassSource type, MethodSource method, List<String> rest) {
        return routes(type, method, rest, new HashSet<>());
    }

    private List<Route> routes(
            ClassSource type, MethodSource method, List<String> rest, Set<String> open) {
        Map<String, List<String>> paths = method.aliasPaths();
        List<Route> routes = new ArrayList<>();
        for (Statement statement : method.body()) {
            for (CallSite call : statement.calls()) {
                Optional.ofNullable(paths.get(call.receiver()))
                        .filter(path -> startsWith(rest, path))
                        .flatMap(path -> route(type, statement, call, path, rest))
                        .filter(route -> reaches(route, open))
                        .ifPresent(routes::add);
            }
        }
        return routes;
    }

    private Optional<Route> route(
            ClassSource type,
            Statement statement,
            CallSite call,
            List<String> path,
            List<String> rest) {
        List<String> below = rest.subList(path.size(), rest.size());
        return typeAt(type, path)
                .flatMap(
                        child ->
                                child.method(call.method().text())
                                        .map(m -> new Route(statement, call, child, m, below)));
    }

    private boolean reaches(Route route, Set<String> open) {
        if (route.rest().isEmpty()) {
            return true;
        }
        String key =
                route.type().qualifiedName()
                        + "#"
                        + route.method().name()
                        + "#"
                        + String.join(".", route.rest());
        Boolean known = reached.get(key);
        if (known != null) {
            return known;
        }
        if (!open.add(key)) {
            return false; // a recursive helper
        }
        boolean found = !routes(route.type(), route.method(), route.rest(), open).isEmpty();
        open.remove(key);
        reached.put(key, found);
        return found;
    }

    private static boolean startsWith(List<String> rest, List<String> path) {
        return path.size() <= rest.size() && rest.subList(0, path.size()).equals(path);
    }

    /** Returns a class by its qualified name. */
    public Optional<ClassSource> type(String qualifiedName) {
        return archive.type(qualifiedName);
    }

    /** Returns the class of the submodule at an attribute path, by declared types. */
    public Optional<ClassSource> typeAt(ClassSource type, List<String> path) {
        Optional<ClassSource> at = Optional.of(type);
        for (String attribute : path) {
            at =
                    at.flatMap(c -> Optional.ofNullable(c.attributes().get(attribute)))
                            .flatMap(archive::type);
        }
        return at;
    }

    /** Returns why a layer below a module is not reached, one clause. */
    public String reason(ClassSource root, List<String> segments) {
        for (int known = 1; known <= segments.size(); known++) {
            List<String> prefix = segments.subList(0, known);
            Optional<MethodSource> forward = root.method("forward");
            if (forward.isPresent() && routes(root, forward.get(), prefix).isEmpty()) {
                return "forward never calls " + String.join(".", prefix);
            }
        }
        return "forward never calls it";
    }
}
