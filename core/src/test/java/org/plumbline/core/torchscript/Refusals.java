package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.params.provider.Arguments;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What every table of attacks asserts: a reason, in bounded time and memory. */
final class Refusals {
    /** Of a thread while it opens one archive; the sum, garbage included. */
    static final long MOST_ALLOCATED = 192L << 20;

    /** A hundred times what any row takes on an idle machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Refusals() {}

    interface Attack {
        byte[] on(ArchiveForge good) throws IOException;
    }

    static Arguments attack(String name, String reason, Attack attack) {
        return Arguments.of(name, reason, attack);
    }

    /** Opens what an attack makes of a good archive: refused with that reason, within bounds. */
    static void assertRefused(Path good, Attack attack, String reason, Path folder)
            throws IOException {
        Path file = Files.write(folder.resolve("hostile.pt"), attack.on(ArchiveForge.of(good)));
        Opened opened = open(file);

        assertThat(opened.allocated).as("allocated bytes").isLessThan(MOST_ALLOCATED);
        assertThat(opened.failure)
                .hasValueSatisfying(
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.BAD_ARCHIVE);
                            assertThat(e).hasMessageContaining(reason);
                            assertThat(e).hasMessageContaining("(expected: ");
                            assertThat(String.valueOf(e.getMessage()))
                                    .hasSizeLessThan(2_000)
                                    .doesNotContain("\n");
                        });
    }

    /** What opening a file did. Immutable. */
    record Opened(Optional<AuditException> failure, long allocated) {}

    /** Opens a file; any exception but ours is thrown. */
    static Opened open(Path file) {
        return assertTimeoutPreemptively(
                PATIENCE,
                () -> {
                    long thread = Thread.currentThread().getId();
                    long before = THREADS.getThreadAllocatedBytes(thread);
                    Optional<AuditException> failure = Optional.empty();
                    try (Archive archive = Archive.open(file)) {
                        assertThat(archive.modules()).isNotEmpty();
                    } catch (AuditException e) {
                        failure = Optional.of(e);
                    }
                    return new Opened(failure, THREADS.getThreadAllocatedBytes(thread) - before);
                });
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
