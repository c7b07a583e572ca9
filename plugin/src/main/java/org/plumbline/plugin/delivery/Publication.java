package org.plumbline.plugin.delivery;

import org.plumbline.core.window.WindowSettings;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.intercept.Served;
import org.plumbline.plugin.intercept.ServedId;
import org.plumbline.plugin.metrics.AuditMeters;
import org.plumbline.plugin.metrics.AuditState;
import org.plumbline.plugin.pipeline.AuditPipeline;
import org.plumbline.plugin.pipeline.TestPlan;
import org.plumbline.plugin.pipeline.WindowLimits;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Opens and closes the statistics of a version. Thread-safe.
 *
 * @param pipeline where events are counted
 * @param meters where they are shown
 */
public record Publication(AuditPipeline pipeline, AuditMeters meters) {
    private static final double ERROR = 0.01;

    /** Counts and shows a version from now on, starting anew. */
    public void open(Served served, AuditConfig config, TestPlan tests) {
        admit(served, config, tests);
        meters.serve(
                served.id(),
                AuditState.AUDITED,
                Optional.of(new AuditMeters.Activity(served.counts(), served.sampler())));
        meters.concepts(served.id(), served.layer(), served.qualities());
    }

    /** Audits a version, opened before, along other concepts; series of unchanged ones go on. */
    public void change(Served served, AuditConfig config, TestPlan tests) {
        admit(served, config, tests);
        meters.concepts(served.id(), served.layer(), served.qualities());
    }

    private void admit(Served served, AuditConfig config, TestPlan tests) {
        WindowSettings settings =
                new WindowSettings(
                        config.window().samples(),
                        config.window().halfLife(),
                        OptionalDouble.empty(),
                        ERROR);
        pipeline.admit(
                served.id(),
                new WindowLimits(
                        served.generation(),
                        settings,
                        config.effect().settings(ERROR),
                        config.maxSeries(),
                        Optional.of(tests),
                        served.fits()));
    }

    /** Shows a version that is served without an audit. */
    public void open(ServedId id, AuditState state) {
        meters.serve(id, state, Optional.empty());
    }

    /** Forgets a version. */
    public void close(ServedId id) {
        pipeline.forget(id);
        meters.remove(id);
    }
}
