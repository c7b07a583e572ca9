package org.plumbline.cli.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/** Processes of an earlier run that was killed before it could stop them. Thread-safe. */
final class StaleProcesses {
    private static final String FILE = "processes.txt";

    private StaleProcesses() {}

    /** Notes a process, so that the next run can end it if this one cannot. */
    static void remember(Path folder, ProcessHandle process) throws IOException {
        Files.writeString(
                folder.resolve(FILE),
                process.pid() + " " + started(process) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Ends the processes noted in a folder; one of the same number started later is not ours. */
    static void end(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return;
        }
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split(" ", 2);
            ProcessHandle.of(Long.parseLong(fields[0]))
                    .filter(process -> started(process).equals(fields[1]))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
        Files.delete(file);
    }

    private static String started(ProcessHandle process) {
        Optional<Instant> start = process.info().startInstant();
        return start.map(Instant::toString).orElse("unknown");
    }
}
