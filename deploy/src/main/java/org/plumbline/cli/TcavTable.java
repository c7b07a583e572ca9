package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.sensitivity.CaptumTcav;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.core.sensitivity.TcavReport;
import org.plumbline.core.sensitivity.TcavReport.OfClass;
import org.plumbline.core.sensitivity.TcavSummary;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;

/** The TCAV variants as JSON. */
final class TcavTable {
    private TcavTable() {}

    /** Puts the variants over all samples, then those of each class. */
    static void describe(
            ObjectNode node, TcavReport report, FloatTensor maps, List<ClassRows> classes) {
        summary(node, report.overall());
        node.put("positive_locations", report.overall().metrics().positive())
                .put("negative_locations", report.overall().metrics().negative())
                .put("zero_locations", report.overall().metrics().zero());
        captum(node, maps);
        var rows = node.putArray("classes");
        for (int k = 0; k < classes.size(); k++) {
            OfClass ofClass = report.classes().get(k);
            ObjectNode row = rows.addObject().put("class", ofClass.target());
            summary(row.put("samples", ofClass.summary().samples()), ofClass.summary());
            captum(row, maps.rows(classes.get(k).places()));
        }
    }

    private static void summary(ObjectNode node, TcavSummary summary) {
        TcavMetrics metrics = summary.metrics();
        node.put("score", metrics.meanQuotient())
                .put("score_standard_error", metrics.meanQuotientStandardError())
                .put("location_score", metrics.quotient())
                .put("location_score_standard_error", metrics.quotientStandardError());
        summary.maskedQuotient().ifPresent(masked -> node.put("masked_score", masked));
        node.put("sensitivity", summary.sensitivity())
                .put("sensitivity_standard_error", summary.sensitivityStandardError())
                .put("magnitude", summary.magnitude())
                .put("magnitude_standard_error", metrics.sensitivityStandardError());
    }

    private static void captum(ObjectNode node, FloatTensor maps) {
        CaptumTcav captum = CaptumTcav.of(maps);
        node.putObject("captum")
                .put("sign_count", captum.signCount())
                .put("magnitude", captum.magnitude());
    }
}
