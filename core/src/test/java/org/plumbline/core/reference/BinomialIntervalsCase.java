package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.significance.BinomialInterval;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Intervals of a proportion and exact tests against one half. */
final class BinomialIntervalsCase implements KnownCase {
    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        checks.put("intervals", () -> intervals(reference.result("intervals")));
        checks.put("tests", () -> tests(reference.result("tests")));
        return checks;
    }

    private static void intervals(Expected expected) {
        assertThat(expected.value()).isNotEmpty();
        for (int i = 0; i < expected.value().size(); i++) {
            JsonNode value = expected.value().get(i);
            long k = value.path("k").asLong();
            long n = value.path("n").asLong();
            double confidence = value.path("confidence").asDouble();
            Expected row = expected.item(i);
            row.matches("wilson", BinomialInterval.wilson(k, n, confidence));
            row.matches("wilsoncc", BinomialInterval.wilsonCorrected(k, n, confidence));
            row.matches("exact", BinomialInterval.clopperPearson(k, n, confidence));
            double share = (double) k / n;
            row.matches("normal_standard_error", Math.sqrt(share * (1 - share) / n));
        }
    }

    private static void tests(Expected expected) {
        assertThat(expected.value()).isNotEmpty();
        for (int i = 0; i < expected.value().size(); i++) {
            JsonNode value = expected.value().get(i);
            expected.item(i)
                    .matches(
                            "p_two_sided_against_half",
                            BinomialInterval.pValueAgainstHalf(
                                    value.path("k").asInt(), value.path("n").asInt()));
        }
    }
}
