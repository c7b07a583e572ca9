package org.plumbline.cli.experiment;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.Initialiser;
import org.plumbline.core.torchscript.RepairedArchive;

import java.io.IOException;
import java.nio.file.Path;

/** Networks with the values that they had before any training. */
final class FreshNetwork {
    private FreshNetwork() {}

    /**
     * Writes a copy of an archive with drawn parameters; the same seed draws the same.
     *
     * @param to replaced
     */
    static void write(Path network, long seed, Path to) {
        try (Archive archive = Archive.open(network)) {
            Initialiser initialiser = new Initialiser(archive, Initialiser.Convolutions.UNIFORM);
            RepairedArchive.patch(archive, initialiser.draw(seed), to);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, network + ": " + e, e);
        }
    }
}
