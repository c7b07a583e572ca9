package org.plumbline.core.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Resident memory of a process, as Linux tells it. Thread-safe. */
final class ResidentMemory {
    private static final String FIELD = "VmRSS:";

    private ResidentMemory() {}

    /** Returns the bytes of a process; 0 once it has ended or where there is no {@code /proc}. */
    static long bytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith(FIELD)) {
                    String amount = line.substring(FIELD.length()).strip(); // "1234 kB"
                    return Long.parseLong(amount.substring(0, amount.indexOf(' '))) << 10;
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
