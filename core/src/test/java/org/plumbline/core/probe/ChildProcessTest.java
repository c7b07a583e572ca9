package org.plumbline.core.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Children that do not end well: killed, flooding, orphaned, no longer wanted. */
class ChildProcessTest {
    private static final ProbeLimits LIMITS = new ProbeLimits(Duration.ofMinutes(2), 1L << 30);

    @TempDir Path folder;

    /** Writes its number and folder to the file of its first argument and sleeps. */
    static final class Sleeper {
        public static void main(String[] arguments) throws Exception {
            Lifeline.watch();
            Path told = Path.of(arguments[0]);
            Path partial = Files.createTempFile(told.getParent(), "sleeper", "");
            Files.writeString(
                    partial, ProcessHandle.current().pid() + " " + Path.of("").toAbsolutePath());
            Files.move(partial, told);
            Thread.sleep(TimeUnit.MINUTES.toMillis(5));
        }
    }

    /** A process that probes, to be killed. */
    static final class Parent {
        public static void main(String[] arguments) {
            SafetyProbe.run(Sleeper.class, List.of(arguments), LIMITS, () -> false);
        }
    }

    /** Prints 64 MB without a line end and fails. */
    static final class Flood {
        public static void main(String[] arguments) throws IOException {
            byte[] block = new byte[1 << 20];
            Arrays.fill(block, (byte) 'x');
            try (OutputStream out = new FileOutputStream(FileDescriptor.out)) {
                for (int i = 0; i < 64; i++) {
                    out.write(block);
                }
            }
            System.exit(7);
        }
    }

    /** Says as a verdict which variables it has. */
    static final class Environment {
        public static void main(String[] arguments) throws IOException {
            Files.writeString(
                    Path.of("result"),
                    "refused NOT_FOUND " + String.join(",", System.getenv().keySet()));
        }
    }

    @Test
    void aChildKilledFromOutsideIsNotTheArchivesFault() throws Exception {
        Path told = folder.resolve("pid");
        Thread killer =
                new Thread(
                        () -> {
                            long pid = pid(await(told));
                            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                        });
        killer.start();

        assertThatThrownBy(() -> run(Sleeper.class, told.toString()))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining("signal 9");
        killer.join();
    }

    @Test
    void interruptionKillsTheChildAndRemovesItsFolder() throws Exception {
        Path told = folder.resolve("pid");
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        Thread caller =
                new Thread(
                        () -> {
                            try {
                                run(Sleeper.class, told.toString());
                            } catch (AuditException e) {
                                thrown.set(e);
                            }
                            ended.countDown();
                        });
        caller.start();
        String child = await(told);
        caller.interrupt();

        assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(thrown.get())
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(ProcessHandle.of(pid(child)).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(Path.of(child.substring(child.indexOf(' ') + 1))).doesNotExist();
    }

    @Test
    void aCallerWhoNoLongerWantsItIsObeyed() {
        Path told = folder.resolve("pid");

        assertThatThrownBy(
                        () ->
                                SafetyProbe.run(
                                        Sleeper.class,
                                        List.of(told.toString()),
                                        LIMITS,
                                        () -> Files.exists(told)))
                .isInstanceOfSatisfying(
                        AuditException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
    }

    @Test
    void noChildOutlivesAParentThatIsKilled() throws Exception {
        Path told = folder.resolve("pid");
        Process parent =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                ChildCommand.classPath(Parent.class),
                                Parent.class.getName(),
                                told.toString())
                        .start();
        String child = await(told);
        parent.destroyForcibly().waitFor();

        boolean gone =
                ProcessHandle.of(pid(child))
                        .map(ProcessHandle::onExit)
                        .map(
                                exit ->
                                        exit.orTimeout(1, TimeUnit.MINUTES)
                                                .handle((p, e) -> e == null))
                        .map(exit -> exit.join())
                        .orElse(true);
        assertThat(gone).isTrue();
    }

    @Test
    void aFloodOfOutputNeitherBlocksNorFillsMemory() {
        assertThatThrownBy(() -> run(Flood.class))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("exit code 7")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_000));
    }

    @Test
    void theChildSeesNoVariablesButThoseItNeeds() {
        assertThatThrownBy(() -> run(Environment.class))
                .isInstanceOf(AuditException.class)
                .satisfies(
                        e ->
                                assertThat(List.of(String.valueOf(e.getMessage()).split(",", -1)))
                                        .isSubsetOf(
                                                "PATH",
                                                "HOME",
                                                "LANG",
                                                "LC_ALL",
                                                "LD_LIBRARY_PATH",
                                                "DJL_CACHE_DIR",
                                                "ENGINE_CACHE_DIR",
                                                "PYTORCH_LIBRARY_PATH",
                                                "PYTORCH_VERSION",
                                                "PYTORCH_FLAVOR",
                                                "OPT_OUT_TRACKING",
                                                "OMP_NUM_THREADS",
                                                "CUDA_VISIBLE_DEVICES"));
    }

    private static void run(Class<?> main, String... arguments) {
        SafetyProbe.run(main, List.of(arguments), LIMITS, () -> false);
    }

    /** Waits for a file that appears whole; the test's own time limit is the bound. */
    private static String await(Path file) {
        try {
            for (int i = 0; i < 6_000 && !Files.exists(file); i++) {
                Thread.sleep(10);
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long pid(String told) {
        return Long.parseLong(told.substring(0, told.indexOf(' ')));
    }
}
