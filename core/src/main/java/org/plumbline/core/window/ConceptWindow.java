package org.plumbline.core.window;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The estimates of one (layer, concept, class) over a stream, in constant memory: a sliding window,
 * decayed means if wanted, and totals with anytime-valid bounds. About 1.1 kB, whatever the
 * capacity. Confined to one thread; {@link #snapshot} results may be published.
 *
 * <p>The window moves in panes of an eighth of the capacity: once it has been full it holds the
 * latest samples, at most {@code capacity} and more than three quarters of that; below a capacity
 * of 16 exactly {@code capacity}.
 */
public final class ConceptWindow {
    private static final int PANES = 8;

    private final WindowSettings settings;
    private final int paneSize;
    private final ConceptTally[] panes;
    private final ConceptTally total = new ConceptTally();
    private final SensitivityTally sensitivity;
    private final @Nullable DecayedTally decayed;
    private int current;

    /** Makes an empty window. */
    public ConceptWindow(WindowSettings settings) {
        this.settings = settings;
        paneSize = Math.max(1, settings.capacity() / PANES);
        panes = new ConceptTally[settings.capacity() / paneSize];
        for (int i = 0; i < panes.length; i++) {
            panes[i] = new ConceptTally();
        }
        sensitivity =
                settings.clip().isPresent()
                        ? SensitivityTally.clippedAt(settings.clip().getAsDouble())
                        : SensitivityTally.warmingUp();
        decayed = settings.halfLife().map(DecayedTally::new).orElse(null);
    }

    /**
     * Adds a sample. Samples that are not finite are refused.
     *
     * @param at when it was seen; only the decayed estimates use it
     */
    public void add(ConceptSample sample, Instant at) {
        if (!Double.isFinite(sample.mean()) || !Double.isFinite(sample.meanAbsolute())) {
            throw new IllegalArgumentException("sample: " + sample + " (expected: finite)");
        }
        if (panes[current].samples() == paneSize) {
            current = (current + 1) % panes.length;
            panes[current].clear();
        }
        panes[current].add(sample);
        total.add(sample);
        sensitivity.add(sample.mean());
        if (decayed != null) {
            decayed.add(sample, at);
        }
    }

    /** Returns the numbers now; an empty window is neutral. */
    public ConceptSnapshot snapshot() {
        return merged(List.of(this));
    }

    /**
     * Returns the numbers of several windows together: those of replicas, or of all classes of a
     * concept. Counts, means and decayed numbers are those of the pooled samples, in whatever order
     * the windows come; the bounds of the mean exist where all windows share a clip.
     *
     * @param windows with equal settings, at least 1
     * @throws IllegalArgumentException if there is none or the settings differ
     */
    public static ConceptSnapshot merged(List<ConceptWindow> windows) {
        if (windows.stream().map(w -> w.settings).distinct().count() != 1) {
            throw new IllegalArgumentException("windows: (expected: >= 1, equal settings)");
        }
        WindowSettings settings = windows.get(0).settings;
        ConceptTally recent = new ConceptTally();
        ConceptTally total = new ConceptTally();
        Optional<DecayedTally> decayed = settings.halfLife().map(DecayedTally::new);
        for (ConceptWindow window : windows) {
            for (ConceptTally pane : window.panes) {
                recent.merge(pane);
            }
            total.merge(window.total);
            DecayedTally other = window.decayed;
            if (other != null) {
                decayed.ifPresent(d -> d.merge(other));
            }
        }
        return new ConceptSnapshot(
                recent.samples(),
                recent.score(),
                recent.scoreStandardError(),
                recent.locationScore(),
                recent.sensitivity(),
                recent.sensitivityStandardError(),
                recent.magnitude(),
                total.positive(),
                total.counted(),
                settings.error(),
                sensitivities(windows),
                decayed.map(DecayedTally::snapshot));
    }

    private static Optional<MeanEstimate> sensitivities(List<ConceptWindow> windows) {
        List<MeanEstimate> known =
                windows.stream().flatMap(w -> w.sensitivity.estimate().stream()).toList();
        boolean comparable =
                known.size() == windows.size()
                        && known.stream().mapToDouble(MeanEstimate::high).distinct().count() == 1;
        return comparable ? known.stream().reduce(MeanEstimate::plus) : Optional.empty();
    }
}
