package org.plumbline.core.sensitivity;

import org.plumbline.core.tensor.FloatTensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The TCAV variants of one concept over all samples and class by class. Immutable.
 *
 * @param overall over all samples, whatever their class
 * @param classes those with samples, in rising order
 */
public record TcavReport(TcavSummary overall, List<OfClass> classes) {
    /**
     * One class's share of the samples. Immutable.
     *
     * @param target the class
     */
    public record OfClass(int target, TcavSummary summary) {}

    /** Copies the list. */
    public TcavReport {
        classes = List.copyOf(classes);
    }

    /**
     * Returns the report of some maps.
     *
     * @param maps {@code [n, h, w]}, n at least 1, each of the logit of its sample's class
     * @param targets class of each sample, {@code [n]}
     * @param masks as for {@link TcavSummary#of(FloatTensor, FloatTensor)}
     */
    public static TcavReport of(FloatTensor maps, int[] targets, Optional<FloatTensor> masks) {
        if (targets.length != maps.rows() || targets.length == 0) {
            throw new IllegalArgumentException(
                    "targets: " + targets.length + " (expected: " + maps.rows() + ", >= 1)");
        }
        List<OfClass> classes =
                Arrays.stream(targets)
                        .distinct()
                        .sorted()
                        .mapToObj(k -> new OfClass(k, summary(maps, masks, rows(targets, k))))
                        .toList();
        int[] all = IntStream.range(0, targets.length).toArray();
        return new TcavReport(summary(maps, masks, all), classes);
    }

    private static int[] rows(int[] targets, int target) {
        return IntStream.range(0, targets.length).filter(i -> targets[i] == target).toArray();
    }

    private static TcavSummary summary(FloatTensor maps, Optional<FloatTensor> masks, int[] rows) {
        FloatTensor picked = maps.rows(rows);
        return masks.map(m -> TcavSummary.of(picked, m.rows(rows)))
                .orElseGet(() -> TcavSummary.of(picked));
    }
}
