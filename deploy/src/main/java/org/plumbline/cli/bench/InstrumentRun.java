package org.plumbline.cli.bench;

import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The child of {@link InstrumentBench}: copies, checks and instruments an archive in turn, and
 * writes a file with the nanoseconds of each and, at the end, the bytes of heap and resident memory
 * it had at most.
 */
final class InstrumentRun {
    static final int ROUNDS = 7;

    private InstrumentRun() {}

    /** Takes the archive, the layer and the folder to write to. */
    public static void main(String[] arguments) throws IOException {
        Path archive = Path.of(arguments[0]);
        LayerPath layer = new LayerPath(arguments[1]);
        Path folder = Path.of(arguments[2]);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < ROUNDS; i++) {
            lines.append(round(archive, layer, folder)).append('\n');
        }
        lines.append(heap()).append(' ').append(resident()).append('\n');
        Files.writeString(folder.resolve("measured"), lines);
    }

    private static String round(Path archive, LayerPath layer, Path folder) throws IOException {
        Path copy = folder.resolve("copy.pt");
        long start = System.nanoTime();
        Files.copy(archive, copy, StandardCopyOption.REPLACE_EXISTING);
        long copied = System.nanoTime();
        Digest.of(archive);
        long hashed = System.nanoTime();
        long opened;
        try (Archive open = Archive.open(archive)) {
            opened = System.nanoTime();
            new Instrumenter(open).audit(layer, folder.resolve("instrumented.pt"));
        }
        long written = System.nanoTime();
        Files.delete(copy);
        Files.delete(folder.resolve("instrumented.pt"));
        return LongStream.of(copied - start, hashed - copied, opened - hashed, written - opened)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    private static long heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(java.lang.management.MemoryUsage::getUsed)
                .sum();
    }

    private static long resident() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        for (String line : lines) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }
}
