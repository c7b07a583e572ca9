package org.plumbline.core.probe;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;
import org.plumbline.core.tap.TrialRun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The child: tries the archive of its first argument with the shape of its second and the layer of
 * its third and the output of its fourth, which may be empty, and writes the verdict into its
 * scratch folder, the working directory.
 */
final class ProbeMain {
    private static final Path OOM_SCORE = Path.of("/proc/self/oom_score_adj");
    private static final String FIRST_TO_GO = "1000";

    private ProbeMain() {}

    /** Runs the trial; ends the process. */
    public static void main(String[] arguments) throws IOException {
        Lifeline.watch();
        if (Files.isWritable(OOM_SCORE)) {
            Files.writeString(OOM_SCORE, FIRST_TO_GO); // rather this child than its parent
        }
        Path scratch = Path.of("").toAbsolutePath();
        String verdict = verdict(arguments, scratch);
        Files.writeString(scratch.resolve("result"), verdict);
        Runtime.getRuntime().halt(0); // native threads and finalizers have nothing left to do
    }

    private static String verdict(String[] arguments, Path scratch) {
        List<Long> shape = Arrays.stream(arguments[1].split("x", -1)).map(Long::valueOf).toList();
        Optional<LayerPath> layer =
                Optional.of(arguments[2]).filter(text -> !text.isEmpty()).map(LayerPath::new);
        Optional<OutputSelector> output =
                Optional.of(arguments[3]).filter(text -> !text.isEmpty()).map(OutputSelector::new);
        try {
            return ProbeVerdict.passed(
                    TrialRun.outputShape(Path.of(arguments[0]), layer, output, shape, scratch));
        } catch (AuditException e) {
            return ProbeVerdict.refused(e);
        }
    }
}
