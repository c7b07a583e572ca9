package org.plumbline.worker.correction.ensemble;

import java.util.Map;

/** Which samples are taken to conflict with the bias, whatever found them. Immutable. */
public interface MinedSamples {
    /** Returns the number of samples. */
    int samples();

    /** Returns how many judges hold a sample to be bias-aligned, at least 0. */
    int votes(int sample);

    /** Returns how likely a sample conflicts: the higher the likelier, at least 0. */
    double score(int sample);

    /** Returns whether a sample is taken to be bias-aligned. */
    boolean isAligned(int sample);

    /** Returns what decided, by name, for the report. */
    Map<String, Double> settings();
}
