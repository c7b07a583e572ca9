package org.plumbline.core.window;

/**
 * The last samples of one (layer, concept, class), in constant memory. Confined to one thread;
 * {@link #snapshot} results may be published.
 */
public final class ConceptWindow {
    private static final double NEUTRAL = 0.5;

    private final double[] means;
    private final double[] magnitudes;
    private final int[] positives;
    private final int[] negatives;
    private final double error;
    private int size;
    private int next;
    private long totalPositive;
    private long totalNegative;

    /**
     * Makes an empty window.
     *
     * @param capacity samples kept, at least 1
     * @param error probability that the anytime-valid bounds ever miss, in (0, 1)
     */
    public ConceptWindow(int capacity, double error) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 1)");
        }
        if (!(error > 0 && error < 1)) {
            throw new IllegalArgumentException("error: " + error + " (expected: in (0, 1))");
        }
        means = new double[capacity];
        magnitudes = new double[capacity];
        positives = new int[capacity];
        negatives = new int[capacity];
        this.error = error;
    }

    /** Adds a sample, dropping the oldest when full. Samples that are not finite are refused. */
    public void add(ConceptSample sample) {
        if (!Double.isFinite(sample.mean()) || !Double.isFinite(sample.meanAbsolute())) {
            throw new IllegalArgumentException("sample: " + sample + " (expected: finite)");
        }
        means[next] = sample.mean();
        magnitudes[next] = sample.meanAbsolute();
        positives[next] = sample.positive();
        negatives[next] = sample.negative();
        next = (next + 1) % means.length;
        size = Math.min(size + 1, means.length);
        if (sample.mean() > 0) {
            totalPositive++;
        } else if (sample.mean() < 0) {
            totalNegative++;
        }
    }

    /** Returns the numbers of the samples in the window; an empty one is neutral. */
    public ConceptSnapshot snapshot() {
        long positive = 0;
        long negative = 0;
        long positiveCells = 0;
        long negativeCells = 0;
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < size; i++) {
            positive += means[i] > 0 ? 1 : 0;
            negative += means[i] < 0 ? 1 : 0;
            positiveCells += positives[i];
            negativeCells += negatives[i];
            sum += means[i];
            magnitude += magnitudes[i];
        }
        double mean = size == 0 ? 0 : sum / size;
        double squares = 0;
        for (int i = 0; i < size; i++) {
            squares += (means[i] - mean) * (means[i] - mean);
        }
        double score = ratio(positive, negative);
        long counted = positive + negative;
        long totalCounted = totalPositive + totalNegative;
        ScoreBounds bounds = ScoreBounds.of(totalPositive, totalCounted, error);
        return new ConceptSnapshot(
                size,
                score,
                counted == 0 ? 0 : Math.sqrt(score * (1 - score) / counted),
                ratio(positiveCells, negativeCells),
                mean,
                size < 2 ? 0 : Math.sqrt(squares / (size - 1) / size),
                size == 0 ? 0 : magnitude / size,
                totalPositive,
                totalCounted,
                bounds.lower(),
                bounds.upper());
    }

    private static double ratio(long positive, long negative) {
        long counted = positive + negative;
        return counted == 0 ? NEUTRAL : (double) positive / counted;
    }
}
