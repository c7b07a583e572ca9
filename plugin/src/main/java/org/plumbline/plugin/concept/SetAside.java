package org.plumbline.plugin.concept;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Moves damaged files of the library out of its way; they are kept to be looked at. */
final class SetAside {
    private static final Logger LOG = LoggerFactory.getLogger(SetAside.class);

    private SetAside() {}

    /** Renames {@code NAME} to {@code NAME.corrupt}, in place of an earlier one. */
    static void move(Path file, Exception reason) {
        Path aside = file.resolveSibling(file.getFileName() + ".corrupt");
        LOG.error("{}: damaged, set aside as {}: {}", file, aside, reason.toString());
        try {
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.error("{}: cannot be set aside: {}", file, e.toString());
        }
    }
}
