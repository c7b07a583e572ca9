package org.plumbline.cli;

import ai.djl.Device;

import org.plumbline.cli.terminal.ExplainFolder;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.Examiner;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Examines archives on the same inputs, with the same tangent spaces, fills and random regions.
 * Borrows its arrays; confined to one thread.
 *
 * @param inputs {@code [n, c, h, w]}
 * @param clean {@code [m, c, h, w]}
 * @param bases at the inputs
 * @param methods explained by
 */
public record Laboratory(
        FloatTensor inputs, FloatTensor clean, TangentBases bases, Set<ExplanationMethod> methods) {
    private static final int NEIGHBOURS = 32;
    private static final int DIMENSION = 16;
    private static final long SEED = 1;
    private static final int FEWEST = 100;

    /**
     * Reads what an examination needs.
     *
     * @param clean clean inputs; empty: the inputs themselves
     * @param tangent bases at the inputs; empty: found among the clean inputs
     * @param wanted methods; empty: all
     * @throws AuditException {@code BAD_DATA} if files do not fit
     */
    static Laboratory read(
            Path inputs, Optional<Path> clean, Optional<Path> tangent, List<String> wanted) {
        FloatTensor images = InputArray.read(inputs);
        FloatTensor pool = clean.map(InputArray::read).orElse(images);
        if (!Arrays.equals(pool.shape(), 1, 4, images.shape(), 1, 4)) {
            throw AuditException.of(ErrorCode.BAD_DATA, "clean", pool, "images as in " + images);
        }
        Set<ExplanationMethod> methods = EnumSet.noneOf(ExplanationMethod.class);
        wanted.forEach(label -> methods.add(ExplanationMethod.of(label)));
        if (tangent.isPresent()) {
            TangentBases bases = TangentBases.read(tangent.orElseThrow(), images);
            return new Laboratory(images, pool, bases, withCompanions(methods));
        }
        return of(images, pool, clean.isEmpty(), withCompanions(methods));
    }

    /**
     * Finds tangent spaces for inputs.
     *
     * @param member whether the clean inputs are the inputs themselves
     */
    public static Laboratory of(
            FloatTensor inputs, FloatTensor clean, boolean member, Set<ExplanationMethod> methods) {
        if (clean.rows() < FEWEST) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "clean",
                    clean.rows() + " rows",
                    "at least " + FEWEST + " inputs to find tangent spaces among");
        }
        TangentSettings settings =
                new TangentSettings(
                        NEIGHBOURS, DIMENSION, member ? TangentMode.MEMBER : TangentMode.CENTRED);
        LinearTangents tangents = new LinearTangents(ReferencePoints.of(clean), settings);
        return new Laboratory(inputs, clean, tangents.bases(inputs), methods);
    }

    /** Methods are compared with each other, so one alone brings those that cost little. */
    private static Set<ExplanationMethod> withCompanions(Set<ExplanationMethod> wanted) {
        if (wanted.isEmpty()) {
            return EnumSet.allOf(ExplanationMethod.class);
        }
        Set<ExplanationMethod> all =
                EnumSet.of(
                        ExplanationMethod.GRADIENT,
                        ExplanationMethod.GRADIENT_INPUT,
                        ExplanationMethod.INTEGRATED_GRADIENTS);
        all.addAll(wanted);
        return all;
    }

    private ExplainSpec spec(Path work, Device device) {
        Set<ExplanationMethod> loaded = EnumSet.of(ExplanationMethod.GRADIENT);
        loaded.addAll(methods);
        return Examiner.spec(
                ExplainSpec.of(work, device, loaded.toArray(ExplanationMethod[]::new)));
    }

    /**
     * Examines an archive.
     *
     * @throws AuditException {@code BAD_ARCHIVE}, or why it cannot be explained so
     */
    public Examination examine(Path archive) throws IOException {
        try (ExplainFolder folder = ExplainFolder.open(archive, inputs, this::spec)) {
            return Examiner.of(folder.model(), methods, clean, SEED).examine(inputs, bases);
        }
    }

    /** Returns an archive's logits for the clean inputs, {@code [m, classes]}. */
    public FloatTensor answers(Path archive) throws IOException {
        try (ExplainFolder folder = ExplainFolder.open(archive, clean, this::spec)) {
            return folder.model().logits(clean);
        }
    }
}
