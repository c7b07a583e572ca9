package org.plumbline.worker.evaluation;

/**
 * One number of an evaluation with its 95 % confidence interval. Immutable.
 *
 * @param metric such as {@code clean_accuracy}
 * @param value what was measured
 * @param lower end of the interval
 * @param upper end of the interval
 * @param samples rows the number rests on
 * @param interval how the interval was made: {@code wilson} (score interval of a proportion),
 *     {@code clopper-pearson} (exact; over groups Bonferroni-corrected, so that it holds for the
 *     smallest), {@code normal} (value and standard error) or {@code bootstrap} (seeded, over rows)
 */
public record Estimate(
        String metric, double value, double lower, double upper, long samples, String interval) {}
