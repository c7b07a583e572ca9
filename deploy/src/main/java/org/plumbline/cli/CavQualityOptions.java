package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.GroupSeparation;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.PairAlignment;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.NpyFile;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;

/** What is measured of a fitted CAV, and its report. Confined to one thread. */
final class CavQualityOptions {
    @Option(
            names = "--attacked",
            description = "Activations [m,d] of images with the artifact, .npy; needs --clean.")
    private Optional<Path> attacked = Optional.empty();

    @Option(
            names = "--clean",
            description = "Activations [m,d] of the same images without the artifact, .npy.")
    private Optional<Path> clean = Optional.empty();

    @Option(
            names = "--resamples",
            defaultValue = "20",
            description =
                    "Bootstrap resamples for the stability, 0 for none (default: ${DEFAULT-VALUE}).")
    private int resamples = 20;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the resamples (default: ${DEFAULT-VALUE}).")
    private long seed;

    void report(LabelledActivations data, CavFit fit, ObjectNode node) {
        DenseVector cav = fit.direction();
        CavQuality quality = CavQuality.of(data, fit, QualityBounds.STANDARD.with(resamples, seed));
        GroupSeparation separation = quality.separation();
        node.put("separability", separation.separability())
                .put("accuracy", separation.accuracy())
                .put("auc", separation.auc())
                .put("auc_legacy", GroupSeparation.legacyAuc(data, cav))
                .put("held_out_auc", quality.heldOutAuc())
                .put("wasserstein", separation.wasserstein())
                .put("alignment", cav.cosine(CavKind.MEAN_DIFFERENCE.direction(data)));
        quality.stability()
                .ifPresent(
                        stability ->
                                node.putObject("stability")
                                        .put("mean", stability.mean())
                                        .put("lower", stability.lower())
                                        .put("upper", stability.upper())
                                        .put("resamples", stability.resamples()));
        pairs(cav).ifPresent(pairs -> pairs(node.putObject("pairs"), pairs));
        node.put("poor", quality.poor().isPresent());
        quality.poor().ifPresent(reason -> node.put("reason", reason));
    }

    private Optional<PairAlignment> pairs(DenseVector cav) {
        if (attacked.isPresent() != clean.isPresent()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    attacked.isPresent() ? "clean" : "attacked",
                    "missing",
                    "both --attacked and --clean");
        }
        return attacked.map(
                with ->
                        PairAlignment.of(
                                NpyFile.readFloats(with),
                                NpyFile.readFloats(clean.orElseThrow()),
                                cav));
    }

    private static void pairs(ObjectNode node, PairAlignment pairs) {
        node.put("alignment", pairs.alignment())
                .put("alignment_standard_error", pairs.standardError())
                .put("alignment_of_mean", pairs.alignmentOfMean())
                .put("alignment_of_mean_standard_error", pairs.standardErrorOfMean())
                .put("consistency", pairs.consistency());
    }
}
