package org.plumbline.core.instrument.edit;

import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Parameter;
import org.plumbline.core.torchscript.source.SourceFile;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Methods to add to classes, and the code files that result. Confined to one thread. */
public final class Additions {
    private final Map<ClassSource, StringBuilder> methods = new LinkedHashMap<>();
    private final Map<SourceFile, Edits> edits = new LinkedHashMap<>();
    private int names;

    /** Adds to an archive that no project has written. */
    public Additions() {
        this(0);
    }

    /** Numbers names from {@code taken + 1}: the archive may have methods with numbers below. */
    public Additions(int taken) {
        names = taken;
    }

    /** Returns a method name that no exporter uses. */
    public String freshName(MethodSource method, String purpose) {
        names++;
        return method.name() + "__plumbline_" + purpose + "_" + names;
    }

    /**
     * Adds a method.
     *
     * @param parameters texts {@code name: type} after SELF
     * @param body statements, one a line, without indentation
     */
    public void add(
            ClassSource type,
            String self,
            String name,
            List<String> parameters,
            String returns,
            List<String> body) {
        StringBuilder text = methods.computeIfAbsent(type, t -> new StringBuilder());
        text.append("  def ").append(name).append('(').append(self).append(": ");
        text.append(type.qualifiedName());
        parameters.forEach(p -> text.append(",\n    ").append(p));
        text.append(") -> ").append(returns).append(":\n");
        body.forEach(line -> text.append("    ").append(line).append('\n'));
    }

    /** Returns the parameters of a method as texts, defaults dropped. */
    public static List<String> parameters(MethodSource method) {
        return method.parameters().stream().map(p -> p.name() + ": " + p.type()).toList();
    }

    /** Returns {@code (SELF).method(a, b, )}. */
    public static String selfCall(MethodSource method, String name) {
        return "("
                + method.self()
                + ")."
                + name
                + "("
                + method.parameters().stream()
                        .map(Parameter::name)
                        .map(p -> p + ", ")
                        .collect(Collectors.joining())
                + ")";
    }

    /** Replaces a stretch of a file. */
    public void replace(SourceFile file, int start, int end, String text) {
        edits.computeIfAbsent(file, Edits::new).replace(start, end, text);
    }

    /** Returns the edited code files by entry name. */
    public Map<String, byte[]> entries() {
        methods.forEach(
                (type, text) -> replace(type.file(), type.end(), type.end(), text.toString()));
        methods.clear();
        Map<String, byte[]> entries = new LinkedHashMap<>();
        edits.forEach(
                (file, edited) ->
                        entries.put(file.entry(), edited.text().getBytes(StandardCharsets.UTF_8)));
        return entries;
    }
}
