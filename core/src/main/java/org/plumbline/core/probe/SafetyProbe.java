package org.plumbline.core.probe;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Loads an archive in a child process and runs one batch, which decides what reading it cannot:
 * whether it ends, in how much memory, and without crashing. The child has limits, a scratch folder
 * and none of our environment; it never outlives the call or this process. Thread-safe.
 */
public final class SafetyProbe {
    private static final int SIGNALS = 128;
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int OUT_OF_HEAP = 3;

    private SafetyProbe() {}

    /**
     * Tries an archive.
     *
     * @throws AuditException {@code BAD_ARCHIVE} if it crashes, exceeds a limit or gives no finite
     *     numbers, naming the limit; {@code LAYER_NOT_TAPPABLE} or {@code BAD_DATA} as auditing it
     *     would; {@code CANCELLED} on interruption; {@code UNAVAILABLE} if no child can be started
     *     or something outside killed it
     */
    public static ProbeReport run(Path archive, ProbeRequest request) {
        return run(archive, request, () -> false);
    }

    /**
     * Tries an archive until somebody no longer wants it.
     *
     * @param cancelled asked some 50 times a second
     */
    public static ProbeReport run(Path archive, ProbeRequest request, BooleanSupplier cancelled) {
        List<String> arguments =
                List.of(
                        archive.toAbsolutePath().toString(),
                        request.shape().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining("x")),
                        request.layer().map(LayerPath::value).orElse(""),
                        request.output().map(OutputSelector::value).orElse(""));
        return run(ProbeMain.class, arguments, request.limits(), cancelled);
    }

    /**
     * Tries an archive only if its code has a loop whose number of passes it does not state.
     *
     * @return nothing if there is no such loop
     * @throws AuditException as {@link #run}
     */
    public static Optional<ProbeReport> runIfLooping(Path archive, ProbeRequest request) {
        try (Archive checked = Archive.open(archive)) {
            if (checked.unboundedLoop().isEmpty()) {
                return Optional.empty();
            }
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
        return Optional.of(run(archive, request));
    }

    static ProbeReport run(
            Class<?> main, List<String> arguments, ProbeLimits limits, BooleanSupplier cancelled) {
        try (Scratch scratch = Scratch.create();
                ChildProcess child =
                        ChildProcess.start(ChildCommand.of(main, limits, scratch, arguments))) {
            return switch (child.watch(limits, cancelled)) {
                case EXIT -> exited(child, scratch.readResult());
                case TIME -> throw over("probe time", seconds(limits.time()));
                case MEMORY -> throw over("probe memory", limits.memoryBytes() + " bytes");
                case CANCELLED -> throw stopped();
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped();
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE, "probe: no child process: " + e.getMessage(), e);
        }
    }

    private static ProbeReport exited(ChildProcess child, String result) {
        int code = child.exitCode();
        if (code == 0 && ProbeVerdict.isVerdict(result)) {
            return new ProbeReport(ProbeVerdict.read(result), child.time(), child.peakMemory());
        }
        if (code == SIGNALS + SIGKILL || code == SIGNALS + SIGTERM) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "probe: killed from outside by signal "
                            + (code - SIGNALS)
                            + " (expected: to"
                            + " end by itself; is the machine out of memory?)");
        }
        if (code > SIGNALS) {
            throw refused("crashed with signal " + (code - SIGNALS), "code the engine can run");
        }
        if (code == OUT_OF_HEAP) {
            throw refused("out of Java heap", "an archive that fits");
        }
        throw refused("exit code " + code + ", " + child.lastLine(), "a verdict");
    }

    private static AuditException over(String limit, String value) {
        return AuditException.of(
                ErrorCode.BAD_ARCHIVE,
                limit,
                "over " + value,
                "one batch within it; raise the limit if you trust the archive");
    }

    private static AuditException refused(String value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, "probe", value, expected);
    }

    private static AuditException stopped() {
        return new AuditException(ErrorCode.CANCELLED, "probe: cancelled by the caller");
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1e3);
    }
}
