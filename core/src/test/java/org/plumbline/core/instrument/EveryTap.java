package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.nio.file.Path;
import java.util.List;

/**
 * One copy of an archive with an answer method for each of many layers, to run them all cheaply.
 */
public final class EveryTap {
    private EveryTap() {}

    /** Writes the copy; the method of the i-th layer is {@link #answer}. */
    public static void write(Archive archive, List<String> layers, Path out) throws Untappable {
        Instrumenter instrumenter = new Instrumenter(archive);
        Additions additions = new Additions();
        MethodSource forward = instrumenter.forward();
        for (int i = 0; i < layers.size(); i++) {
            String tapped = instrumenter.tap(additions, forward, new LayerPath(layers.get(i)));
            if (i == 0) {
                AuditMethods.add(additions, archive.rootType(), forward, tapped);
            }
            AuditMethods.answer(additions, archive.rootType(), forward, tapped, answer(i));
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
    }

    /** Returns the name of the answer method of the i-th layer. */
    public static String answer(int layer) {
        return Instrumenter.ANSWER + "_" + layer;
    }

    /** Writes a copy with a trunk and a head for each layer, see {@link #trunk}. */
    public static void writeSplits(Archive archive, List<String> layers, Path out)
            throws Untappable {
        Instrumenter instrumenter = new Instrumenter(archive);
        Additions additions = new Additions();
        ClassSource root = archive.rootType();
        MethodSource forward = instrumenter.forward();
        SplitWeaver weaver = new SplitWeaver(new Router(archive), additions);
        String self = forward.self();
        for (int i = 0; i < layers.size(); i++) {
            SplitWeaver.Halves halves =
                    instrumenter.split(weaver, forward, new LayerPath(layers.get(i)));
            String toTrunk = "return (" + self + ")." + halves.trunk() + "(pl_x, )";
            String toHead = "return (" + self + ")." + halves.head() + "(pl_caches, )";
            List<String> image = List.of("pl_x: Tensor");
            List<String> caches = List.of("pl_caches: List[Tensor]");
            additions.add(root, self, trunk(i), image, "List[Tensor]", List.of(toTrunk));
            additions.add(root, self, head(i), caches, "Tensor", List.of(toHead));
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
    }

    /** Returns the name of the method up to the i-th layer. */
    public static String trunk(int layer) {
        return Instrumenter.TRUNK + "_" + layer;
    }

    /** Returns the name of the method behind the i-th layer. */
    public static String head(int layer) {
        return Instrumenter.HEAD + "_" + layer;
    }
}
