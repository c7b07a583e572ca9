package org.plumbline.cli;

import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** The examples a CAV was fitted to, as options. Confined to one thread. */
final class ExampleOptions {
    private static final int RAW_AXES = 4;

    @Option(
            names = "--activations",
            paramLabel = "A.npy",
            description = "Examples the CAV was fitted to, pooled [n,d] or raw [n,d,h,w].")
    private Optional<Path> activations = Optional.empty();

    @Option(
            names = "--concept",
            paramLabel = "C.npy",
            description = "0 or 1 per example: which have the concept.")
    private Optional<Path> concept = Optional.empty();

    @Option(
            names = "--pool",
            defaultValue = "max",
            description = "How examples are pooled: max or mean (default: ${DEFAULT-VALUE}).")
    private String pool = "max";

    /**
     * Reads the examples.
     *
     * @param option what needs them, for the message
     * @param dimension of the CAV
     */
    Examples read(String option, int dimension) {
        if (activations.isEmpty() || concept.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    activations.isEmpty() ? "activations" : "concept",
                    "absent",
                    "--activations and --concept, the examples that " + option + " needs");
        }
        FloatTensor rows = NpyFile.readFloats(activations.orElseThrow());
        FloatTensor pooled = rows.rank() == RAW_AXES ? pooling().pool(rows) : rows;
        if (pooled.rank() != 2 || pooled.extent(1) != dimension) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "activations",
                    rows,
                    "[n," + dimension + "] as the CAV, or raw [n," + dimension + ",h,w]");
        }
        return new Examples(
                pooled, LabelledActivations.of(pooled, NpyFile.readLongs(concept.orElseThrow())));
    }

    /** Returns how examples are pooled. */
    Pooling pooling() {
        return Pooling.ofChannels(pool);
    }

    /**
     * Examples with and without a concept.
     *
     * @param pooled {@code [n, d]}
     */
    record Examples(FloatTensor pooled, LabelledActivations labelled) {}
}
