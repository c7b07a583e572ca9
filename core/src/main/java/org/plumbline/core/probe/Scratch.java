package org.plumbline.core.probe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of one child: everything it writes, removed with it. Thread-safe. */
record Scratch(Path folder) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final int LONGEST_RESULT = 4096;

    static Scratch create() throws IOException {
        return new Scratch(Files.createTempDirectory("plumbline-probe-"));
    }

    /** Where the child writes its result. */
    Path result() {
        return folder.resolve("result");
    }

    /** Where a crashed Java machine writes its report. */
    Path crashReport() {
        return folder.resolve("crash.log");
    }

    /** Returns what the child wrote, or nothing. */
    String readResult() throws IOException {
        if (!Files.isRegularFile(result()) || Files.size(result()) > LONGEST_RESULT) {
            return "";
        }
        return Files.readString(result());
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("probe: {} cannot be removed; remove it by hand", folder, e);
        }
    }
}
