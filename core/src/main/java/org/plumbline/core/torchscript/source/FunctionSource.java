package org.plumbline.core.torchscript.source;

import java.util.List;

/**
 * A function outside classes. Immutable.
 *
 * @param qualifiedName such as {@code __torch__.torch.nn.functional.relu}
 * @param file the source file it stands in
 * @param parameters in order
 * @param body its statements; at least one
 */
public record FunctionSource(
        String qualifiedName, SourceFile file, List<Parameter> parameters, List<Statement> body) {
    /** Copies the lists. */
    public FunctionSource {
        parameters = List.copyOf(parameters);
        body = List.copyOf(body);
    }
}
