package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What checking and instrumenting a large archive costs beyond copying the file: VGG-16 with random
 * weights, half a gigabyte, in a child process of 64 MB of heap. Confined to one thread.
 */
final class InstrumentBench {
    private static final String HEAP = "-Xmx64m";
    private static final String LAYER = "features.28";
    private static final long SEED = 20260103;

    private final Path models;
    private final Path work;
    private final Progress progress;

    InstrumentBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    ObjectNode run() throws IOException, InterruptedException {
        progress.say("writing an archive of half a gigabyte");
        Path folder = Files.createDirectories(work.resolve("instrument"));
        Path archive = folder.resolve("vgg16.pt");
        Skeleton.fill(models.resolve("vgg16.pt"), archive, SEED);
        progress.say("copying and instrumenting it " + InstrumentRun.ROUNDS + " times in turn");
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                HEAP,
                                "-cp",
                                System.getProperty("java.class.path"),
                                InstrumentRun.class.getName(),
                                archive.toString(),
                                LAYER,
                                folder.toString())
                        .inheritIO()
                        .start();
        if (child.waitFor() != 0) {
            throw new IOException("instrumenting ended with " + child.exitValue());
        }
        return report(Files.size(archive), Files.readAllLines(folder.resolve("measured")));
    }

    /** Each line has the nanoseconds to copy, hash, check and write; the last one bytes. */
    private static ObjectNode report(long bytes, List<String> lines) {
        double[][] rounds =
                lines.subList(0, lines.size() - 1).stream()
                        .map(InstrumentBench::numbers)
                        .toArray(double[][]::new);
        double[] peaks = numbers(lines.get(lines.size() - 1));
        double copy = median(rounds, 0);
        double check = median(rounds, 2);
        double write = median(rounds, 3);
        return Output.object()
                .put("archive_bytes", bytes)
                .put("rounds", rounds.length)
                .put("heap_limit", HEAP)
                .put("copy_seconds", copy)
                .put("sha256_seconds", median(rounds, 1))
                .put("check_and_hash_seconds", check)
                .put("write_seconds", write)
                .put("instrument_seconds", check + write)
                .put("beyond_copy_seconds", check + write - copy)
                .put("peak_heap_bytes", (long) peaks[0])
                .put("peak_resident_bytes", (long) peaks[1]);
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    }

    private static double median(double[][] rounds, int column) {
        Series series = new Series();
        Arrays.stream(rounds).forEach(row -> series.add(row[column]));
        return series.median() / 1e9;
    }
}
