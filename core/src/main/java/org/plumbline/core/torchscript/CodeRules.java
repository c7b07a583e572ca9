package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.source.Token.Kind;

import java.util.List;
import java.util.Set;

/**
 * What code may not name: TorchScript is no sandbox, and these read or write files, or run while an
 * archive is being loaded. Thread-safe.
 */
final class CodeRules {
    private static final Set<String> METHODS = Set.of("__setstate__", "__getstate__");
    private static final Set<String> TORCH = Set.of("save", "load", "from_file", "_save", "_load");
    private static final Set<String> NAMESPACES =
            Set.of("prim", "aten", "quantized", "torchvision");

    private CodeRules() {}

    static void check(SourceFile file) {
        List<Token> tokens = file.tokens();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.kind() != Kind.NAME) {
                continue;
            }
            if (METHODS.contains(token.text())) {
                throw refused(file, token.text());
            }
            boolean first =
                    i == 0 || !tokens.get(i - 1).text().equals("."); // not torchvision.ops.x
            if (first && i + 2 < tokens.size() && tokens.get(i + 1).text().equals(".")) {
                dotted(file, token.text(), tokens.get(i + 2).text());
            }
        }
    }

    private static void dotted(SourceFile file, String base, String name) {
        boolean files = (base.equals("torch") || base.equals("aten")) && TORCH.contains(name);
        boolean foreign = base.equals("ops") && !NAMESPACES.contains(name);
        if (files || foreign) {
            throw refused(file, base + "." + name);
        }
    }

    private static AuditException refused(SourceFile file, String name) {
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE, file.entry(), name, "operators that cannot touch files");
    }
}
