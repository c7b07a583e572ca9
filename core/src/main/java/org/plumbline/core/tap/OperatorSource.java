package org.plumbline.core.tap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * TorchScript functions of ours: text as a method of a module has it, each beginning with {@code
 * def plumbline_…(self, …)} in the first column. They may call {@code self.plumbline_…} of each
 * other and of the basic ones. Immutable.
 *
 * @param name of the resource, for messages
 */
public record OperatorSource(String name, String text) {
    private static final Pattern DEFINITION = Pattern.compile("^def (\\w+)\\(self");
    private static final String TYPED = "def $1(self: __torch__.plumbline.Operators";

    /** Reads a resource beside a class. */
    public static OperatorSource of(Class<?> owner, String resource) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "resource: " + resource + " (expected: one beside " + owner + ")");
            }
            return new OperatorSource(
                    resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns these functions and others, which may call these. */
    public OperatorSource and(OperatorSource more) {
        return new OperatorSource(name + ", " + more.name, text + "\n" + more.text);
    }

    /** Returns the text as it stands inside a class. */
    String indented() {
        StringBuilder lines = new StringBuilder();
        text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> DEFINITION.matcher(line).replaceFirst(TYPED))
                .forEach(line -> lines.append("  ").append(line).append('\n'));
        return lines.toString();
    }
}
