package org.plumbline.plugin.fairwashing;

import ai.djl.ndarray.types.Shape;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.plugin.config.FairwashingSpec;
import org.plumbline.plugin.fairwashing.HonestChoice.Calibrated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the files of a configuration hold, read before the watch begins. Immutable.
 *
 * @param shape {@code [c, h, w]} of the clean inputs, where there is a file of them
 */
record WatchFiles(Optional<Calibrated> twins, Optional<Shape> shape) {
    private static final Logger LOG = LoggerFactory.getLogger(WatchFiles.class);

    /**
     * Reads and checks all files.
     *
     * @throws AuditException naming the one that cannot be followed
     */
    static WatchFiles read(FairwashingSpec spec) {
        WatchFiles files =
                new WatchFiles(
                        spec.nullFile().map(WatchFiles::twins), Laboratory.shape(spec.tangent()));
        spec.reference().file().ifPresent(WatchFiles::requireArchive);
        return files;
    }

    private static Calibrated twins(Path file) {
        NullFile read = NullFile.read(file);
        return new Calibrated("" + file.getFileName(), read, read.twin(file));
    }

    private static void requireArchive(Path file) {
        try (Archive archive = Archive.open(file)) {
            LOG.debug("reference {} checked", archive.digest());
        } catch (IOException | AuditException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, "reference: " + file + ": " + e.getMessage(), e);
        }
    }
}
