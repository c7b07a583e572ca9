package org.plumbline.worker.training;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.tensor.NpzFile;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The latest training state in one file, a zip of NumPy arrays and a list of names and counters;
 * replaced atomically, so that a killed run leaves the one before. Thread-safe.
 *
 * @param file where; its folder exists
 * @param everySteps saves come after multiples of so many steps, at least 1
 * @param apart and at least so long after the one before
 */
public record Checkpoints(Path file, long everySteps, Duration apart) {
    private static final String INDEX = "index.txt";
    private static final String STEP = "step";
    private static final long LARGEST = 4L << 30;

    /** Checks the interval. */
    public Checkpoints {
        if (everySteps < 1) {
            throw new IllegalArgumentException(
                    "every_steps: " + everySteps + " (expected: at least 1)");
        }
    }

    /** Saves after multiples of so many steps. */
    public Checkpoints(Path file, long everySteps) {
        this(file, everySteps, Duration.ZERO);
    }

    /** Returns whether to save after so many steps, so long after the save before. */
    boolean due(long done, long nanosSince) {
        return done % everySteps == 0 && nanosSince >= apart.toNanos();
    }

    /**
     * A state and how many steps made it. Immutable.
     *
     * @param step steps done
     */
    public record Saved(long step, TrainingState state) {}

    /**
     * Replaces the file.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written
     */
    public void save(long step, TrainingState state) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial));
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.setLevel(0);
                write(zip, step, state);
            }
            Files.move(
                    partial,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, file + ": cannot be written: " + e, e);
        }
    }

    private static void write(ZipOutputStream zip, long step, TrainingState state)
            throws IOException {
        StringBuilder index = new StringBuilder(STEP + " " + step + "\n");
        state.counters()
                .forEach(
                        (n, v) ->
                                index.append("counter ")
                                        .append(v)
                                        .append(' ')
                                        .append(n)
                                        .append('\n'));
        int number = 0;
        for (Map.Entry<String, FloatTensor> entry : state.tensors().entrySet()) {
            index.append("tensor ").append(number).append(' ').append(entry.getKey()).append('\n');
            zip.putNextEntry(new ZipEntry(number++ + ".npy"));
            NpyFile.write(zip, entry.getValue());
        }
        zip.putNextEntry(new ZipEntry(INDEX));
        zip.write(index.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns what was saved last, if anything.
     *
     * @throws AuditException {@code BAD_DATA} if the file is damaged
     */
    public Optional<Saved> load() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        Map<String, Long> counters = new LinkedHashMap<>();
        long step = 0;
        try {
            for (String line : index()) {
                String[] words = line.split(" ", 3);
                if (words[0].equals(STEP)) {
                    step = Long.parseLong(words[1]);
                } else if (words[0].equals("counter")) {
                    counters.put(words[2], Long.parseLong(words[1]));
                } else {
                    tensors.put(words[2], NpzFile.readFloats(file, words[1], LARGEST));
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, file + ": " + e + " (expected: a checkpoint)", e);
        }
        return Optional.of(new Saved(step, new TrainingState(tensors, counters)));
    }

    private List<String> index() throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = zip.getEntry(INDEX);
            if (entry == null) {
                throw new IOException("no " + INDEX);
            }
            String text =
                    new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
            return new ArrayList<>(text.lines().toList());
        }
    }
}
