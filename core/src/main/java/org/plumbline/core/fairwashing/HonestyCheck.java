package org.plumbline.core.fairwashing;

import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.significance.Holm;

import java.util.ArrayList;
import java.util.List;

/** Tests a model's signals against honest models. Immutable. */
public final class HonestyCheck {
    /** Probability of calling an honest model suspect, unless told otherwise. */
    public static final double LEVEL = 0.01;

    /** Fewest inputs a mean is taken over. */
    public static final int FEWEST_INPUTS = 20;

    private final Margins margins;
    private final HonestModels honest;
    private final double level;

    /**
     * Makes a test.
     *
     * @param level of Holm's correction over all signals, in (0, 1)
     */
    public HonestyCheck(Margins margins, HonestModels honest, double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("level: " + level + " (expected: in (0, 1))");
        }
        this.margins = margins;
        this.honest = honest;
        this.level = level;
    }

    /**
     * Judges readings; signals without a margin or with too few inputs are left out.
     *
     * @param sameInputs whether the honest models saw the very same inputs, which cancels the noise
     *     of drawing them
     */
    public FairwashingVerdict judge(List<SignalReading> readings, boolean sameInputs) {
        return judgeMoments(
                readings.stream()
                        .map(reading -> new Measured(reading.signal(), Moments.of(reading)))
                        .toList(),
                sameInputs);
    }

    /** A signal's mean over a window. Immutable. */
    public record Measured(Signal signal, Moments moments) {}

    /** As {@link #judge} from means over a window. */
    public FairwashingVerdict judgeMoments(List<Measured> measured, boolean sameInputs) {
        List<Measured> tested =
                measured.stream()
                        .filter(m -> margins.of(m.signal()).isPresent())
                        .filter(m -> m.moments().inputs() >= FEWEST_INPUTS)
                        .toList();
        List<HonestNull> nulls =
                tested.stream()
                        .map(
                                m ->
                                        HonestNull.of(
                                                margins.of(m.signal()).orElseThrow(),
                                                honest.of(m.signal())))
                        .toList();
        double[] pValues = new double[tested.size()];
        for (int i = 0; i < pValues.length; i++) {
            pValues[i] =
                    nulls.get(i)
                            .pValue(
                                    tested.get(i).moments(),
                                    sameInputs,
                                    tested.get(i).signal().detector().twoSided());
        }
        double[] corrected = Holm.correct(pValues);
        List<FairwashingVerdict.Tested> results = new ArrayList<>();
        for (int i = 0; i < pValues.length; i++) {
            Measured m = tested.get(i);
            results.add(
                    new FairwashingVerdict.Tested(
                            m.signal(),
                            m.moments().mean(),
                            nulls.get(i).expected(),
                            nulls.get(i).error(m.moments(), sameInputs),
                            pValues[i],
                            corrected[i],
                            m.moments().inputs()));
        }
        return new FairwashingVerdict(results, level);
    }
}
