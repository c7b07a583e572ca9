package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Narrowing;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.ModuleNode;

import java.nio.file.Path;

/**
 * Writes copies of archives to train in mixed precision.
 *
 * <p>Convolutions and matrix products of the copy compute in bfloat16, forward and backward;
 * parameters, gradients and everything else stay float32. That is what autocast does for the
 * operators that profit most, written into the code since an archive cannot be told from outside.
 * bfloat16 has the exponents of float32, so losses need no scaling. The copy serves training alone:
 * what is learned is written into the original. Thread-safe.
 */
public final class MixedPrecision {
    private MixedPrecision() {}

    /**
     * Writes the copy.
     *
     * @param archive borrowed
     * @param out appears only when complete
     * @return how many operators compute in bfloat16; 0 where the code calls none in a module's
     *     method, and the copy is the same model
     */
    public static int write(Archive archive, Path out) {
        Additions additions = new Additions();
        Narrowing narrowing = new Narrowing(additions);
        archive.modules().stream()
                .map(ModuleNode::type)
                .distinct()
                .forEach(type -> archive.type(type).ifPresent(narrowing::of));
        int narrowed = narrowing.finish();
        ArchiveWriter.write(archive, additions.entries(), Instrumenter::needed, out);
        return narrowed;
    }
}
