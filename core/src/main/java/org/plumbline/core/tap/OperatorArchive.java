package org.plumbline.core.tap;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.zip.ZipRewriter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Packs functions into an archive: one class without attributes and an object of it. */
final class OperatorArchive {
    private static final String CLASS =
            """
            class Operators(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
            """;

    /** Protocol 2; the class; its object with {@code training = False}. */
    private static final String OBJECT =
            "\u0080\u0002c__torch__.plumbline\nOperators\n)\u0081}"
                    + "X\u0008\u0000\u0000\u0000training\u0089sb.";

    /** Protocol 2; the empty tuple. */
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private OperatorArchive() {}

    /** Writes a new file. */
    static void write(List<OperatorSource> sources, Path out) {
        String code =
                CLASS
                        + sources.stream()
                                .map(OperatorSource::indented)
                                .collect(Collectors.joining());
        try (ZipRewriter zip = ZipRewriter.create(out)) {
            zip.add("operators/data.pkl", bytes(OBJECT));
            zip.add("operators/code/__torch__/plumbline.py", bytes(code));
            zip.add("operators/constants.pkl", bytes(NO_CONSTANTS));
            zip.add("operators/version", bytes("3\n"));
            zip.finish();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, out + ": cannot be written: " + e, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
