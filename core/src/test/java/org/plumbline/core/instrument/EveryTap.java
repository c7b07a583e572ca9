package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One copy of an archive with an answer method for each of many layers, to run them all cheaply.
 */
public final class EveryTap {
    private EveryTap() {}

    /**
     * Writes the copy; the method of the i-th layer is {@link #answer}. Returns whether {@code
     * forward} returns the logits and nothing else.
     */
    public static boolean write(Archive archive, List<String> layers, Path out) throws Untappable {
        Additions additions = new Additions();
        MethodSource forward = new Instrumenter(archive).forward();
        ClassSource root = archive.rootType();
        RootOutput output = RootOutput.of(archive, forward.returnType(), Optional.empty());
        AuditMethods methods = new AuditMethods(additions, root, forward, output);
        LayerTaps taps = new LayerTaps(archive, root, additions);
        for (int i = 0; i < layers.size(); i++) {
            LayerPath layer = new LayerPath(layers.get(i));
            String tapped = taps.weave(forward, layer, Probe.TAP);
            if (i == 0) {
                methods.add(tapped, taps.weave(forward, layer, Probe.SHIFT));
            }
            methods.addAnswer(tapped, answer(i));
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
        return output.isLogits();
    }

    /** Returns the name of the answer method of the i-th layer. */
    public static String answer(int layer) {
        return Instrumenter.ANSWER + "_" + layer;
    }

    /** Writes a copy with a trunk and a head for each layer, see {@link #trunk}. */
    public static boolean writeSplits(Archive archive, List<String> layers, Path out)
            throws Untappable {
        Additions additions = new Additions();
        ClassSource root = archive.rootType();
        MethodSource forward = new Instrumenter(archive).forward();
        LayerTaps taps = new LayerTaps(archive, root, additions);
        String self = forward.self();
        RootOutput output = RootOutput.of(archive, forward.returnType(), Optional.empty());
        new AuditMethods(additions, root, forward, output).addLogits();
        for (int i = 0; i < layers.size(); i++) {
            SplitWeaver.Halves halves = taps.split(forward, new LayerPath(layers.get(i)));
            String toTrunk = "return (" + self + ")." + halves.trunk() + "(pl_x, )";
            List<String> toHead =
                    new ArrayList<>(
                            output.after("(" + self + ")." + halves.head() + "(pl_caches, )"));
            toHead.add("return pl_logits");
            List<String> image = List.of("pl_x: Tensor");
            List<String> caches = List.of("pl_caches: List[Tensor]");
            additions.add(root, self, trunk(i), image, "List[Tensor]", List.of(toTrunk));
            additions.add(root, self, head(i), caches, "Tensor", toHead);
        }
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
        return output.isLogits();
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
