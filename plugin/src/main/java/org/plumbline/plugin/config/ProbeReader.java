package org.plumbline.plugin.config;

import org.plumbline.core.probe.ProbeLimits;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a first run of an archive, in a child process, may use up. Thread-safe. */
final class ProbeReader {
    private static final int LONGEST = 86_400;
    private static final BigInteger LEAST_MEMORY = BigInteger.valueOf(256L << 20);
    private static final BigInteger MOST_MEMORY = BigInteger.valueOf(1L << 50);
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,18}) ?((?:[KMGT]i)?B|)");

    private ProbeReader() {}

    static ProbeLimits read(Section section) {
        ProbeLimits usual = ProbeLimits.DEFAULT;
        int standard = Math.toIntExact(usual.time().toSeconds());
        int seconds = section.whole("seconds", 1, LONGEST, standard);
        long memory = section.parsed("memory", ProbeReader::bytes).orElse(usual.memoryBytes());
        section.refuseUnknown();
        return new ProbeLimits(Duration.ofSeconds(seconds), memory);
    }

    /** Returns bytes written with a binary unit, {@code 4GiB} or {@code 512MiB}, or plain. */
    private static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw refused();
        }
        int unit = Math.max(0, UNITS.indexOf(matcher.group(2))); // none: bytes
        BigInteger bytes = new BigInteger(matcher.group(1)).shiftLeft(10 * unit);
        if (bytes.compareTo(LEAST_MEMORY) < 0 || bytes.compareTo(MOST_MEMORY) > 0) {
            throw refused();
        }
        return bytes.longValueExact();
    }

    private static IllegalArgumentException refused() {
        return new IllegalArgumentException(
                "(expected: bytes such as 4GiB or 512MiB, 256MiB to 1024TiB)");
    }
}
