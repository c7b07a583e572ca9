package org.plumbline.core.torchscript.source;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One class and where its file can take more methods. Immutable.
 *
 * @param qualifiedName such as {@code __torch__.torch.nn.modules.conv.Conv2d}
 * @param file the source file it stands in
 * @param attributes declared type by attribute name
 * @param parameters names declared in {@code __parameters__}
 * @param methods by name
 * @param end place in the file where an added method goes, the start of a line
 */
public record ClassSource(
        String qualifiedName,
        SourceFile file,
        Map<String, String> attributes,
        Set<String> parameters,
        Map<String, MethodSource> methods,
        int end) {
    /** Copies the maps, keeping their order. */
    public ClassSource {
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        parameters = Set.copyOf(parameters);
        methods = Collections.unmodifiableMap(new LinkedHashMap<>(methods));
    }

    /** Returns the name without packages, such as {@code Conv2d}. */
    public String simpleName() {
        return qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
    }

    /** Returns a method by name. */
    public Optional<MethodSource> method(String name) {
        return Optional.ofNullable(methods.get(name));
    }
}
