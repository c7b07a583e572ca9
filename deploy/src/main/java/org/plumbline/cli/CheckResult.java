package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Output;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.proto.v1.FairwashingFindings;
import org.plumbline.proto.v1.FairwashingSignal;
import org.plumbline.worker.fairwashing.HonestyFindings;

import java.util.List;

/**
 * A verdict as it is printed, reached here or by a worker. Immutable.
 *
 * @param source what the model was held against
 * @param samples inputs examined
 * @param leftOut detectors whose null was measured otherwise
 */
record CheckResult(
        String verdict,
        double pValue,
        double level,
        String source,
        int samples,
        List<String> leftOut,
        List<Row> detectors) {
    /** Copies the lists. */
    CheckResult {
        leftOut = List.copyOf(leftOut);
        detectors = List.copyOf(detectors);
    }

    /**
     * One detector applied to one method. Immutable.
     *
     * @param examples inputs that speak loudest
     */
    record Row(
            String detector,
            String method,
            double statistic,
            double expected,
            double error,
            double pValue,
            double corrected,
            int inputs,
            List<Integer> examples) {
        /** Copies the examples. */
        Row {
            examples = List.copyOf(examples);
        }
    }

    static CheckResult of(HonestyFindings found) {
        return new CheckResult(
                found.verdict().label(),
                found.verdict().pValue(),
                found.verdict().level(),
                found.sourceLabel(),
                found.samples(),
                found.leftOut().stream().map(Detector::label).toList(),
                found.verdict().tested().stream().map(t -> row(t, found.examples(t))).toList());
    }

    private static Row row(Tested tested, List<Integer> examples) {
        return new Row(
                tested.signal().detector().label(),
                tested.signal().method().label(),
                tested.statistic(),
                tested.expected(),
                tested.error(),
                tested.pValue(),
                tested.corrected(),
                tested.inputs(),
                examples);
    }

    static CheckResult of(FairwashingFindings found) {
        return new CheckResult(
                found.getVerdict(),
                found.getPValue(),
                found.getLevel(),
                found.getNullSource(),
                found.getSamples(),
                found.getLeftOutList(),
                found.getSignalsList().stream().map(CheckResult::row).toList());
    }

    private static Row row(FairwashingSignal signal) {
        return new Row(
                signal.getDetector(),
                signal.getMethod(),
                signal.getStatistic(),
                signal.getExpected(),
                signal.getStandardError(),
                signal.getPValue(),
                signal.getCorrectedPValue(),
                signal.getInputs(),
                signal.getExamplesList());
    }

    boolean suspect() {
        return verdict.equals("suspect");
    }

    ObjectNode json() {
        ObjectNode node =
                Output.object()
                        .put("verdict", verdict)
                        .put("p_value", pValue)
                        .put("level", level)
                        .put("null", source)
                        .put("samples", samples);
        leftOut.forEach(node.putArray("left_out")::add);
        ArrayNode rows = node.putArray("detectors");
        for (Row row : detectors) {
            ArrayNode loudest =
                    rows.addObject()
                            .put("detector", row.detector())
                            .put("method", row.method())
                            .put("statistic", row.statistic())
                            .put("expected", row.expected())
                            .put("error", row.error())
                            .put("p_value", row.pValue())
                            .put("corrected", row.corrected())
                            .put("inputs", row.inputs())
                            .putArray("examples");
            row.examples().forEach(loudest::add);
        }
        return node;
    }
}
