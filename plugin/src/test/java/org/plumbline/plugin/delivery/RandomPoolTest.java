package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.significance.PoolStatistic;
import org.plumbline.core.significance.PoolTally;
import org.plumbline.core.significance.SequentialStudentTest;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;
import java.util.SplittableRandom;

/**
 * How often a concept whose labels mean nothing is called significant, with the pool, the fit and
 * the test of the live audit: activations of 128 channels whose variances fall as {@code
 * 1/c^decay}, half of them cut at zero and of unequal size if sparse; gradients drawn along the
 * same covariance around a mean; a look whenever the audit takes one, up to 100,000 samples.
 */
class RandomPoolTest {
    private static final int CHANNELS = 128;
    private static final int RANDOM = 100;
    private static final int FIRST_LOOK = 64;
    private static final int BLOCKS = 16;
    private static final int LONGEST = 100_000;
    private static final double LEVEL = 0.05;
    private static final double STRICT = 0.005; // of what a correction over series asks for

    /** Nominal 5 % of the runs plus three standard errors, and half a percent plus four. */
    @ParameterizedTest(name = "{0}/{1} examples, decay {2}, sparse {3}")
    @CsvSource({
        "10, 10, 0, false, 400",
        "20, 20, 0, false, 300",
        "20, 20, 1, true, 300",
        "20, 60, 0.5, true, 200",
        "50, 50, 0.5, true, 200",
        "200, 200, 0.5, true, 100"
    })
    void aMeaninglessConceptIsSignificantNoMoreOftenThanStated(
            int positives, int negatives, double decay, boolean sparse, int runs) {
        int wrong = 0;
        int strictlyWrong = 0;
        for (int run = 0; run < runs; run++) {
            Examples examples = new Examples(new SplittableRandom(run), decay, sparse);
            double p = watched(examples, examples.draw(positives), examples.draw(negatives));
            wrong += p <= LEVEL ? 1 : 0;
            strictlyWrong += p <= STRICT ? 1 : 0;
        }
        assertThat(wrong).as("wrong").isLessThanOrEqualTo(edge(runs, LEVEL, 3));
        assertThat(strictlyWrong).as("strictly").isLessThanOrEqualTo(edge(runs, STRICT, 4));
    }

    private static int edge(int runs, double level, int errors) {
        double mean = runs * level;
        return (int) (mean + errors * Math.sqrt(mean * (1 - level)));
    }

    /** The same with labels that mean something, along which the logit rises. */
    @ParameterizedTest(name = "{0} examples")
    @CsvSource({"20", "50"})
    void aConceptThatMovesTheLogitIsSignificant(int each) {
        int found = 0;
        for (int run = 0; run < 50; run++) {
            Examples examples = new Examples(new SplittableRandom(run), 0, false);
            found += watched(examples, examples.along(each), examples.draw(each)) <= STRICT ? 1 : 0;
        }
        assertThat(found).isEqualTo(50);
    }

    /** The smallest anytime-valid p-value over the stream. */
    private static double watched(Examples examples, FloatTensor with, FloatTensor without) {
        RandomPool pool = new RandomPool();
        pool.add(with, without);
        RandomPool.Draw drawn = pool.draw(RANDOM, examples.random.nextLong());
        List<DenseVector> random = drawn.directions();
        DenseVector concept =
                CavKind.SIGNAL.fit(LabelledActivations.ofGroups(with, without)).direction();
        PoolTally[] blocks = new PoolTally[BLOCKS]; // streams of blocks: sums are all that counts
        for (int b = 0; b < BLOCKS; b++) {
            blocks[b] = examples.block(concept, random);
        }
        PoolTally tally = new PoolTally(1, RANDOM);
        SequentialStudentTest test =
                new SequentialStudentTest(
                        PoolStatistic.SENSITIVITY, 1, FIRST_LOOK, drawn.degrees());
        for (int n = 0; n + FIRST_LOOK <= LONGEST; n += FIRST_LOOK) {
            tally.merge(blocks[examples.random.nextInt(BLOCKS)]);
            test.update(tally);
        }
        return test.pValues()[0];
    }

    @Test
    void anExampleThatConceptsShareCountsOnce() {
        Examples examples = new Examples(new SplittableRandom(1), 0, false);
        FloatTensor clean = examples.draw(12);
        RandomPool pool = new RandomPool();
        pool.add(examples.draw(10), clean);
        assertThat(pool.draw(0, 1).degrees()).isEqualTo(20);
        pool.add(examples.draw(7), clean);
        assertThat(pool.draw(0, 1).degrees()).isEqualTo(26);
        assertThat(pool.draw(5, 1).directions()).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void copiesOfFewExamplesStillSplit() {
        Examples examples = new Examples(new SplittableRandom(2), 0, false);
        FloatTensor with = examples.draw(2);
        RandomPool pool = new RandomPool();
        pool.add(FloatTensor.concat(List.of(with, with, with)), examples.draw(3));
        assertThat(pool.draw(0, 1).degrees()).isEqualTo(3);
        assertThat(pool.draw(4, 1).directions()).hasSize(4);
    }

    private static final class Examples {
        private final SplittableRandom random;
        private final double[] deviations = new double[CHANNELS];
        private final double[] slope = new double[CHANNELS];
        private final boolean sparse;

        Examples(SplittableRandom random, double decay, boolean sparse) {
            this.random = random;
            this.sparse = sparse;
            for (int c = 0; c < CHANNELS; c++) {
                deviations[c] = Math.pow(1 + c, -decay / 2);
                slope[c] = deviations[c] * random.nextGaussian();
            }
        }

        FloatTensor draw(int rows) {
            float[] values = new float[rows * CHANNELS];
            for (int i = 0; i < rows; i++) {
                double size = sparse ? Math.exp(0.5 * random.nextGaussian()) : 1;
                for (int c = 0; c < CHANNELS; c++) {
                    double x = random.nextGaussian();
                    double cut = sparse ? Math.max(0, x - 0.5) : x;
                    values[i * CHANNELS + c] = (float) (size * cut * deviations[c]);
                }
            }
            return FloatTensor.of(values, rows, CHANNELS);
        }

        /** Examples moved by half of the mean gradient. */
        FloatTensor along(int rows) {
            FloatTensor moved = draw(rows);
            for (int i = 0; i < moved.values().length; i++) {
                moved.values()[i] += (float) slope[i % CHANNELS] / 2;
            }
            return moved;
        }

        /** Sensitivities of as many samples as lie between looks at first. */
        PoolTally block(DenseVector concept, List<DenseVector> pool) {
            PoolTally tally = new PoolTally(1, RANDOM);
            double[] mean = new double[CHANNELS];
            for (int c = 0; c < CHANNELS; c++) {
                mean[c] = slope[c] + deviations[c] * random.nextGaussian();
            }
            DenseVector gradient = DenseVector.copyOf(mean);
            float[] along = new float[RANDOM];
            for (int r = 0; r < RANDOM; r++) {
                along[r] = (float) gradient.dot(pool.get(r));
            }
            float[] conceptAlong = {(float) gradient.dot(concept)};
            for (int i = 0; i < FIRST_LOOK; i++) {
                tally.add(conceptAlong, along);
            }
            return tally;
        }
    }
}
