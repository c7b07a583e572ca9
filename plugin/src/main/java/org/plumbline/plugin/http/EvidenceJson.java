package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.window.MeanBounds;
import org.plumbline.core.window.PrevalenceSnapshot;
import org.plumbline.plugin.pipeline.DriftEvidence;
import org.plumbline.plugin.pipeline.PoolEvidence;
import org.plumbline.plugin.pipeline.PrevalenceEvidence;
import org.plumbline.plugin.pipeline.SeriesEvidence;

/** Results of tests as JSON; numbers that are not finite are left out. */
final class EvidenceJson {
    private EvidenceJson() {}

    static void write(ObjectNode series, SeriesEvidence evidence) {
        evidence.pool().ifPresent(pool -> pool(series, pool));
        evidence.drift().ifPresent(drift -> drift(series.putObject("drift"), drift, "sensitivity"));
    }

    static void write(ObjectNode prevalence, PrevalenceEvidence evidence) {
        PrevalenceSnapshot window = evidence.window();
        prevalence.put("samples", window.samples());
        if (window.samples() > 0) {
            prevalence.put("share", window.share());
        }
        prevalence
                .put("present_samples_total", window.totalPresent())
                .put("samples_total", window.totalSamples());
        evidence.drift()
                .ifPresent(drift -> drift(prevalence.putObject("drift"), drift, "prevalence"));
    }

    private static void pool(ObjectNode series, PoolEvidence pool) {
        series.put("p_value", pool.pValue());
        ObjectNode node = series.putObject("random_cavs");
        node.put("count", pool.random())
                .put("samples", pool.samples())
                .put("p_value_uncorrected", pool.single())
                .put("difference", pool.effect().difference())
                .put("cliffs_delta", pool.effect().cliffsDelta());
        if (Double.isFinite(pool.effect().cohensD())) {
            node.put("cohens_d", pool.effect().cohensD());
        }
    }

    private static void drift(ObjectNode node, DriftEvidence drift, String quantity) {
        MeanBounds bounds = drift.baseline().mean().bounds();
        node.put("alarm", drift.alarm().isPresent())
                .put("direction", drift.rising() ? "rise" : "fall")
                .put("threshold", drift.threshold())
                .put("samples", drift.samples());
        if (Double.isFinite(drift.evidence())) {
            node.put("evidence", drift.evidence());
        }
        drift.alarm().ifPresent(sample -> node.put("alarm_sample", sample));
        node.putObject("baseline")
                .put("at", drift.baseline().at().toString())
                .put("samples", drift.baseline().mean().estimate().samples())
                .put(quantity, drift.baseline().mean().estimate().mean())
                .put(quantity + "_lower", bounds.lower())
                .put(quantity + "_upper", bounds.upper());
    }
}
