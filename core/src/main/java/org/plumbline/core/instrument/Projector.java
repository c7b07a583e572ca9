package org.plumbline.core.instrument;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes a projection into the code of an archive: P-ClArC's result. The only writer that changes
 * {@code forward}.
 *
 * <p>The copy's {@code forward} calls copies of the methods that lead to the layer, the last of
 * which moves the value that the last call of the layer returns, the one a tap reads. The layer's
 * own methods, other modules of its class, weights and pickles stay as they are; of debug records
 * only those of changed code are left out. The copy is an archive like any other: tapping the layer
 * in it reads the value after the projection, and it may be projected again. Thread-safe.
 */
public final class Projector {
    /** The word in names of methods that lead to a projection. */
    static final String PURPOSE = "project";

    private static final String DEBUG = ".debug_pkl";

    private static final Pattern ADDED = Pattern.compile("__plumbline_[a-z_]+_(\\d{1,9})");

    private Projector() {}

    /**
     * Writes the copy.
     *
     * @param archive borrowed
     * @param layer a module, one of its calls or a tensor it returns, or an operation
     * @param projection of as many channels as the layer has; where it has another number, the
     *     engine says so when the copy runs
     * @param out appears only when complete
     * @throws AuditException {@code LAYER_NOT_TAPPABLE} with the reason, such as a call in a loop
     */
    public static void project(Archive archive, LayerPath layer, Projection projection, Path out) {
        Additions additions = new Additions(taken(archive));
        Instrumenter instrumenter = new Instrumenter(archive);
        try {
            MethodSource forward = instrumenter.forward();
            ClassSource root = archive.rootType();
            LayerTaps taps = new LayerTaps(archive, root, additions);
            String projected = taps.weave(forward, layer, ProjectionCode.written(projection));
            List<Statement> body = forward.body();
            additions.replace(
                    root.file(),
                    body.get(0).start(),
                    body.get(body.size() - 1).end(),
                    "return " + Additions.selfCall(forward, projected));
        } catch (Untappable e) {
            throw instrumenter.refused(Optional.of(layer), e);
        }
        Map<String, byte[]> entries = additions.entries();
        Set<String> stale =
                entries.keySet().stream().map(code -> code + DEBUG).collect(Collectors.toSet());
        ArchiveWriter.write(archive, entries, entry -> !stale.contains(entry), out);
    }

    /** Returns the name that a method had before projections were written behind it. */
    static String original(String method) {
        int added = method.indexOf("__plumbline_" + PURPOSE + "_");
        return added < 0 ? method : method.substring(0, added);
    }

    /** Returns the largest number in a name that was added before. */
    private static int taken(Archive archive) {
        return archive.modules().stream()
                .flatMap(module -> archive.type(module.type()).stream())
                .flatMap(type -> type.methods().keySet().stream())
                .flatMap(name -> ADDED.matcher(name).results())
                .mapToInt(number -> Integer.parseInt(number.group(1)))
                .max()
                .orElse(0);
    }
}
