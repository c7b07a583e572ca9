package org.plumbline.core.torchscript.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One method of a class. Immutable.
 *
 * @param name its name
 * @param self name of the first parameter
 * @param parameters the others, in order
 * @param returnType as printed
 * @param body its statements; at least one
 */
public record MethodSource(
        String name,
        String self,
        List<Parameter> parameters,
        String returnType,
        List<Statement> body) {
    /** Copies the lists. */
    public MethodSource {
        parameters = List.copyOf(parameters);
        body = List.copyOf(body);
    }

    /** Returns, for every local name of a submodule or attribute, its attribute path from SELF. */
    public Map<String, List<String>> aliasPaths() {
        Map<String, List<String>> paths = new HashMap<>();
        paths.put(self, List.of());
        for (Statement statement : body) {
            statement.alias().ifPresent(alias -> extend(paths, alias));
        }
        return paths;
    }

    private static void extend(Map<String, List<String>> paths, Alias alias) {
        List<String> base = paths.get(alias.base());
        if (base != null) {
            List<String> longer = new ArrayList<>(base);
            longer.add(alias.attribute());
            paths.put(alias.name(), List.copyOf(longer));
        }
    }
}
