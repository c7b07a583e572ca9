package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.significance.MannWhitneyTest;
import org.plumbline.core.significance.StudentTest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.ConceptSample;
import org.plumbline.core.window.ConceptTally;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Scores and mean sensitivities of concept and random CAVs, and the tests between them. */
final class TcavSignificanceCase implements KnownCase {
    private static final List<String> CAVS = List.of("concept", "random");

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String name : reference.resultNames()) {
            checks.put(name, () -> check(reference, name));
        }
        return checks;
    }

    private static void check(ReferenceCase reference, String name) {
        Expected expected = reference.result(name);
        if (name.endsWith("/scores")) {
            statistics(reference, name, ConceptTally::score);
        } else if (name.endsWith("/magnitudes")) {
            statistics(reference, name, ConceptTally::sensitivity);
        } else if (name.contains("/tests_on_")) {
            JsonNode samples = reference.result(name.replace("tests_on_", "")).value();
            tests(expected, samples);
        } else {
            tests(expected, expected.value());
        }
    }

    private static void statistics(
            ReferenceCase reference, String name, ToDoubleFunction<ConceptTally> statistic) {
        FloatTensor gradients = reference.input(name.replaceAll("/.*", "/mean_gradient"));
        for (String kind : CAVS) {
            FloatTensor cavs = reference.input(kind + "_cavs");
            double[] values = new double[cavs.rows()];
            for (int r = 0; r < values.length; r++) {
                ConceptTally tally = new ConceptTally();
                for (int i = 0; i < gradients.rows(); i++) {
                    double s = gradients.row(i).dot(cavs.row(r));
                    tally.add(new ConceptSample(s, Math.abs(s), s > 0 ? 1 : 0, s < 0 ? 1 : 0));
                }
                values[r] = statistic.applyAsDouble(tally);
            }
            reference.result(name).matches(kind, values);
        }
    }

    private static void tests(Expected expected, JsonNode samples) {
        double[] concept = Expected.numbers(samples.path("concept"));
        double[] random = Expected.numbers(samples.path("random"));
        student(expected.field("welch"), StudentTest.welch(concept, random));
        student(expected.field("student"), StudentTest.pooled(concept, random));
        JsonNode one = expected.value().path("one_sample");
        if (!one.isMissingNode()) {
            student(
                    expected.field("one_sample"),
                    StudentTest.oneSample(concept, one.path("mu").asDouble()));
        }
        rank(
                expected.field("mann_whitney_asymptotic"),
                MannWhitneyTest.asymptotic(concept, random));
        if (expected.value().has("mann_whitney_asymptotic_no_continuity")) {
            rank(
                    expected.field("mann_whitney_asymptotic_no_continuity"),
                    MannWhitneyTest.uncorrected(concept, random));
        }
        if (expected.value().has("mann_whitney_exact")) {
            rank(expected.field("mann_whitney_exact"), MannWhitneyTest.exact(concept, random));
        }
    }

    private static void student(Expected expected, StudentTest test) {
        if (expected.value().path("t").asText().equals("Infinity")) {
            assertThat(test.t()).isEqualTo(Double.POSITIVE_INFINITY);
        } else {
            expected.matches("t", test.t());
        }
        expected.matches("p", test.pValue());
        if (expected.value().has("df")) {
            expected.matches("df", test.degreesOfFreedom());
        }
    }

    private static void rank(Expected expected, MannWhitneyTest test) {
        expected.matches("u", test.u());
        expected.matches("p", test.pValue());
    }
}
