package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.window.MeanBounds;
import org.plumbline.plugin.pipeline.DriftEvidence;
import org.plumbline.plugin.pipeline.PoolEvidence;
import org.plumbline.plugin.pipeline.SeriesEvidence;

/** Results of tests as JSON; numbers that are not finite are left out. */
final class EvidenceJson {
    private EvidenceJson() {}

    static void write(ObjectNode series, SeriesEvidence evidence) {
        evidence.pool().ifPresent(pool -> pool(series, pool));
        evidence.drift().ifPresent(drift -> drift(series.putObject("drift"), drift));
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

    private static void drift(ObjectNode node, DriftEvidence drift) {
        MeanBounds bounds = drift.baseline().sensitivity().bounds();
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
                .put("samples", drift.baseline().sensitivity().estimate().samples())
                .put("sensitivity", drift.baseline().sensitivity().estimate().mean())
                .put("sensitivity_lower", bounds.lower())
                .put("sensitivity_upper", bounds.upper());
    }
}
