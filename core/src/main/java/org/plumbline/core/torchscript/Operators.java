package org.plumbline.core.torchscript;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The reviewed list of operators that code may name, {@code operators.txt}. Immutable. */
final class Operators {
    private static final String LIST = "operators.txt";

    /** Operators under {@code torch.} and {@code ops.aten.}. */
    private static final String TORCH = "torch";

    private static final Operators REVIEWED = load();

    private final Map<String, Set<String>> namespaces;

    private Operators(Map<String, Set<String>> namespaces) {
        this.namespaces = namespaces;
    }

    static Operators reviewed() {
        return REVIEWED;
    }

    /** Returns whether {@code torch.name} is on the list. */
    boolean torch(String name) {
        return namespaces.getOrDefault(TORCH, Set.of()).contains(name);
    }

    /** Returns whether {@code ops.namespace.name} is on the list. */
    boolean ops(String namespace, String name) {
        String key = namespace.equals("aten") ? TORCH : namespace;
        return namespaces.getOrDefault(key, Set.of()).contains(name);
    }

    private static Operators load() {
        try (InputStream in = Operators.class.getResourceAsStream(LIST)) {
            if (in == null) {
                throw new IllegalStateException(LIST + ": missing (expected: in the jar)");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Operators parse(List<String> lines) {
        Map<String, Set<String>> namespaces = new HashMap<>();
        Set<String> section = new HashSet<>();
        for (String line : lines) {
            if (line.startsWith("[")) {
                section = new HashSet<>();
                namespaces.put(line.substring(1, line.indexOf(']')), section);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                section.addAll(List.of(line.strip().split(" +")));
            }
        }
        return new Operators(namespaces);
    }
}
