package org.plumbline.core.instrument;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Edits;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.pickle.PickleReader;
import org.plumbline.core.torchscript.pickle.PickleValue.GlobalName;
import org.plumbline.core.torchscript.pickle.PickleValue.Instance;
import org.plumbline.core.torchscript.pickle.PickleWriter;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.SourceFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes an archive of two networks that answers with the sum of their logits: the original, whose
 * modules keep their paths, and a copy of it with parameters of its own below attribute {@value
 * #ATTRIBUTE}.
 *
 * <p>A linear classifier over the joined features of two encoders, {@code W [z; z'] + b}, is such a
 * sum: {@code (W_1 z + b) + (W_2 z' + 0)}. Thread-safe.
 */
public final class TwinWriter {
    /** Attribute of the root that holds the copy. */
    public static final String ATTRIBUTE = "plumbline_twin";

    private static final String SUFFIX = "PlumblineTwin";
    private static final String PURPOSE = "twin";
    private static final String DATA = "data.pkl";
    private static final String STORAGE = "data/";
    private static final String DEBUG = ".debug_pkl";
    private static final String TENSOR = "Tensor";

    private TwinWriter() {}

    /**
     * Writes the archive; both networks have the original's values.
     *
     * @param archive borrowed; its {@code forward} must return one Tensor
     * @param out appears only when complete
     * @throws AuditException {@code FAILED_PRECONDITION} if forward returns anything else, or the
     *     archive has a twin already
     */
    public static void write(Archive archive, Path out) {
        ClassSource root = archive.rootType();
        MethodSource forward = forward(archive);
        if (!forward.returnType().equals(TENSOR)
                || root.attributes().containsKey(ATTRIBUTE)
                || forward.parameters().size() != 1) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "archive",
                    root.attributes().containsKey(ATTRIBUTE)
                            ? "has two networks already"
                            : "forward returns " + forward.returnType(),
                    "one network that turns one Tensor into another");
        }
        Additions additions = new Additions();
        sum(additions, root, forward);
        Map<String, byte[]> entries = new TreeMap<>(additions.entries());
        Set<String> stale =
                entries.keySet().stream().map(code -> code + DEBUG).collect(Collectors.toSet());
        try {
            entries.put(DATA, data(archive, root));
            for (String entry : archive.entries()) {
                if (entry.startsWith(STORAGE)) {
                    String twin = STORAGE + key(entry.substring(STORAGE.length()));
                    entries.put(twin, content(archive, entry));
                }
            }
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive.path() + ": " + e, e);
        }
        ArchiveWriter.write(archive, entries, entry -> !stale.contains(entry), out);
    }

    private static MethodSource forward(Archive archive) {
        try {
            return new Instrumenter(archive).forward();
        } catch (Untappable e) {
            throw new AuditException(
                    ErrorCode.FAILED_PRECONDITION, String.valueOf(e.getMessage()), e);
        }
    }

    /** Puts the class of the copy before the root's, and gives the root a forward that adds. */
    private static void sum(Additions additions, ClassSource root, MethodSource forward) {
        SourceFile file = root.file();
        Matcher header = header(file, root);
        String qualified = Pattern.quote(root.qualifiedName()) + "(?![\\w.])";
        String copy =
                file.text(header.start(), root.end())
                        .replaceAll(
                                qualified, Matcher.quoteReplacement(root.qualifiedName() + SUFFIX))
                        .replaceFirst(
                                "class " + root.simpleName(), "class " + root.simpleName() + SUFFIX)
                        .stripTrailing();
        additions.replace(
                file,
                header.start(),
                header.end(),
                copy
                        + "\n"
                        + header.group()
                        + "  "
                        + ATTRIBUTE
                        + " : "
                        + root.qualifiedName()
                        + SUFFIX
                        + "\n");
        String own = additions.freshName(forward, PURPOSE);
        additions.add(
                root,
                forward.self(),
                own,
                Additions.parameters(forward),
                TENSOR,
                new Edits(file).lines(forward.body()));
        additions.replace(
                file,
                forward.body().get(0).start(),
                forward.body().get(forward.body().size() - 1).end(),
                List.of(Additions.selfCall(forward, own), twinCall(forward)).stream()
                        .collect(Collectors.joining(", ", "return torch.add(", ")")));
    }

    private static String twinCall(MethodSource forward) {
        return Additions.selfCall(forward, forward.name())
                .replaceFirst(
                        Pattern.quote("(" + forward.self() + ")"),
                        Matcher.quoteReplacement("(" + forward.self() + "." + ATTRIBUTE + ")"));
    }

    private static Matcher header(SourceFile file, ClassSource root) {
        Matcher header =
                Pattern.compile("(?m)^class " + Pattern.quote(root.simpleName()) + "\\(.*\\):\\n")
                        .matcher(file.text());
        if (!header.find()) {
            throw new IllegalStateException("no class " + root.simpleName() + " in its file");
        }
        return header;
    }

    private static byte[] data(Archive archive, ClassSource root) throws IOException {
        Instance module = (Instance) PickleReader.read(DATA, content(archive, DATA), name -> true);
        GlobalName type = new GlobalName(module.type().module(), root.simpleName() + SUFFIX);
        return PickleWriter.write(module, new PickleWriter.Twin(ATTRIBUTE, type, TwinWriter::key));
    }

    private static String key(String original) {
        return ATTRIBUTE + "_" + original;
    }

    private static byte[] content(Archive archive, String entry) throws IOException {
        return archive.read(entry, Integer.MAX_VALUE)
                .orElseThrow(
                        () -> AuditException.of(ErrorCode.BAD_ARCHIVE, entry, "missing", "it"));
    }
}
