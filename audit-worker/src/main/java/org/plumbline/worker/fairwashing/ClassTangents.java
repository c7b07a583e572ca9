package org.plumbline.worker.fairwashing;

import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.Neighbourhood;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Tangent spaces at rows of a data set, spanned by training rows of the same class. The search for
 * neighbours is done once a row and remembered, some hundred bytes; the bases, a hundred times as
 * large, are made anew for every batch. Thread-safe.
 */
final class ClassTangents {
    private final AuditDataset data;
    private final long[] classes;
    private final LinearTangents tangents;
    private final Map<Integer, Neighbourhood> known = new ConcurrentHashMap<>();

    /**
     * Takes training rows as reference.
     *
     * @param reference rows of the data set
     * @param classes of every row of the data set; its labels, or what a model predicts
     */
    ClassTangents(AuditDataset data, int[] reference, long[] classes, TangentSettings settings) {
        this.data = data;
        this.classes = classes.clone();
        long[] own = Arrays.stream(reference).mapToLong(row -> classes[row]).toArray();
        tangents =
                new LinearTangents(ReferencePoints.byClass(data.inputs(reference), own), settings);
    }

    /** Returns the bases at some rows, found in parallel. */
    TangentBases at(int[] rows) {
        FloatTensor points = data.inputs(rows);
        return new TangentBases(
                FloatTensor.stack(
                        IntStream.range(0, rows.length)
                                .parallel()
                                .mapToObj(i -> tangents.around(points, i, near(points, i, rows[i])))
                                .map(space -> space.basis())
                                .toList()));
    }

    private Neighbourhood near(FloatTensor points, int i, int row) {
        return known.computeIfAbsent(
                row, r -> tangents.nearest(points, i, Optional.of(classes[r])));
    }
}
