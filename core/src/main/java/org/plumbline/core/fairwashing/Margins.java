package org.plumbline.core.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Margins by signal, from a calibration population that shares no model and no seed with what
 * detection is evaluated on. Immutable.
 */
public final class Margins {
    private static final String RESOURCE = "margins.properties";

    private final Map<Signal, Margin> bySignal;

    /** Copies margins. */
    public Margins(Map<Signal, Margin> bySignal) {
        this.bySignal = new TreeMap<>(bySignal);
    }

    /** Returns the committed margins; the file says which population they come from. */
    public static Margins standard() {
        try (InputStream in = Margins.class.getResourceAsStream(RESOURCE)) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a file of the same form: margins of honest models like the ones under test.
     *
     * @throws AuditException {@code BAD_DATA} if it is none
     */
    public static Margins read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        } catch (IOException | IllegalArgumentException e) {
            throw new AuditException(ErrorCode.BAD_DATA, "margins: " + file + ": " + e, e);
        }
    }

    private static Margins read(InputStream in) throws IOException {
        Properties lines = new Properties();
        lines.load(in);
        Map<Signal, Margin> found = new TreeMap<>();
        lines.stringPropertyNames()
                .forEach(name -> found.put(Signal.parse(name), margin(lines.getProperty(name))));
        return new Margins(found);
    }

    private static Margin margin(String line) {
        String[] fields = line.trim().split(" +", -1);
        if (fields.length != 4) {
            throw new IllegalArgumentException(line + " (expected: four numbers)");
        }
        return new Margin(
                Double.parseDouble(fields[0]),
                Double.parseDouble(fields[1]),
                Double.parseDouble(fields[2]),
                Integer.parseInt(fields[3]));
    }

    /** Returns the margin of a signal, empty where the population was not asked. */
    public Optional<Margin> of(Signal signal) {
        return Optional.ofNullable(bySignal.get(signal));
    }

    /** Returns all margins, sorted by signal. */
    public Map<Signal, Margin> bySignal() {
        return Map.copyOf(bySignal);
    }
}
