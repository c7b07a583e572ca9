package org.plumbline.worker.fairwashing;

import ai.djl.Device;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.ExaminationListener;
import org.plumbline.core.fairwashing.ExaminationStandard;
import org.plumbline.core.fairwashing.Examiner;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What models are examined with: the same inputs, tangent spaces, fills and random regions for all.
 * Borrows its arrays; immutable.
 *
 * @param inputs {@code [n, c, h, w]}, the requests to explain
 * @param clean {@code [m, c, h, w]}, clean inputs that neighbours are found among
 * @param bases at the inputs
 * @param methods explained by
 */
public record ExaminationPlan(
        FloatTensor inputs, FloatTensor clean, TangentBases bases, Set<ExplanationMethod> methods) {
    private static final int SHARE = 4; // of the heap, that bases may fill

    /** Copies the methods. */
    public ExaminationPlan {
        methods = Collections.unmodifiableSet(EnumSet.copyOf(methods));
    }

    /**
     * Plans examinations with tangent spaces that are known.
     *
     * @param wanted methods; empty: all
     * @throws AuditException {@code BAD_DATA} if the inputs differ in shape
     */
    public static ExaminationPlan of(
            FloatTensor inputs,
            FloatTensor clean,
            TangentBases bases,
            Set<ExplanationMethod> wanted) {
        requireAlike(inputs, clean);
        return new ExaminationPlan(
                inputs, clean, bases, ExaminationStandard.withCompanions(wanted));
    }

    /**
     * Finds tangent spaces among the clean inputs and plans examinations with them.
     *
     * @param member whether the clean inputs are the inputs themselves
     * @param wanted methods; empty: all
     * @throws AuditException {@code BAD_DATA} if the inputs differ in shape or there are too few
     *     clean ones, {@code RESOURCE_EXHAUSTED} if the spaces would fill the heap
     */
    public static ExaminationPlan of(
            FloatTensor inputs, FloatTensor clean, boolean member, Set<ExplanationMethod> wanted) {
        requireAlike(inputs, clean);
        int fewest = ExaminationStandard.FEWEST_CLEAN;
        if (clean.rows() < fewest) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "clean",
                    clean.rows() + " rows",
                    "at least " + fewest + " inputs to find tangent spaces among");
        }
        requireRoom(inputs);
        TangentSettings settings =
                new TangentSettings(
                        ExaminationStandard.NEIGHBOURS,
                        ExaminationStandard.DIMENSION,
                        member ? TangentMode.MEMBER : TangentMode.CENTRED);
        LinearTangents tangents = new LinearTangents(ReferencePoints.of(clean), settings);
        return of(inputs, clean, tangents.bases(inputs), wanted);
    }

    private static void requireAlike(FloatTensor inputs, FloatTensor clean) {
        if (clean.rank() != inputs.rank()
                || !Arrays.equals(clean.shape(), 1, 4, inputs.shape(), 1, 4)) {
            throw AuditException.of(ErrorCode.BAD_DATA, "clean", clean, "images as in " + inputs);
        }
    }

    private static void requireRoom(FloatTensor inputs) {
        long row = (long) inputs.rowSize() * ExaminationStandard.DIMENSION * Float.BYTES;
        long most = Runtime.getRuntime().maxMemory() / SHARE / row;
        if (inputs.rows() > most) {
            throw AuditException.of(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "inputs",
                    inputs.rows() + " rows of " + inputs.rowSize() + " values",
                    "at most " + most + ", whose tangent spaces fit the heap");
        }
    }

    /**
     * Returns what a model has to be loaded for.
     *
     * @param work existing folder for temporary files
     */
    public ExplainSpec spec(Path work, Device device) {
        return Examiner.spec(
                ExplainSpec.of(work, device, ExaminationStandard.loaded(methods)), clean);
    }

    /**
     * Examines a model, which is borrowed.
     *
     * @param model loaded by {@link #spec}
     * @throws AuditException {@code CANCELLED} when the listener said so
     */
    public Examination examine(ExplainableModel model, ExaminationListener listener) {
        return Examiner.of(model, methods, clean, ExaminationStandard.SEED)
                .examine(inputs, bases, listener);
    }
}
