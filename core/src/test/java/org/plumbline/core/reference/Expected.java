package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.assertj.core.api.SoftAssertions;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An expected result and the tolerance it comes with. */
record Expected(String name, JsonNode node, Path file) {

    JsonNode value() {
        return node.path("value");
    }

    FloatTensor array() {
        return NpyFile.readFloats(file);
    }

    /** Asserts that an array agrees within the stated tolerance. */
    void matches(float[] actual) {
        matches(actual, array().values());
    }

    /** Asserts agreement with a part of the stored array. */
    void matches(float[] actual, float[] expected) {
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            double allowed = atol() + rtol() * Math.abs(expected[i]);
            double difference = Math.abs((double) actual[i] - expected[i]);
            if (!(difference <= allowed)) {
                throw new AssertionError(
                        name
                                + "["
                                + i
                                + "]: "
                                + actual[i]
                                + " (expected: "
                                + expected[i]
                                + " within "
                                + allowed
                                + ")");
            }
        }
    }

    /** Asserts that a number agrees with {@code field} of the stored value. */
    void matches(String field, double actual) {
        close(field, actual, value().path(field).asDouble(Double.NaN));
    }

    /** Asserts that a number agrees with an entry of {@code field}. */
    void matches(String field, int index, double actual) {
        close(
                field + "[" + index + "]",
                actual,
                value().path(field).path(index).asDouble(Double.NaN));
    }

    /** Asserts that a number agrees with the stored one. */
    void matches(double actual) {
        close("value", actual, value().asDouble(Double.NaN));
    }

    /** Asserts that a direction agrees, by its cosine where the tolerance says so. */
    void matchesDirection(DenseVector actual) {
        DenseVector expected = DenseVector.copyOf(array().values());
        if (type().equals("cosine")) {
            assertThat(actual.cosine(expected))
                    .as(name)
                    .isGreaterThanOrEqualTo(node.path("tolerance").path("min_cosine").asDouble());
        } else {
            matches(actual.toArray());
        }
    }

    /** Asserts that a choice is the stored one, or one of those the tolerance lists. */
    void matchesChoice(double actual) {
        List<Double> allowed = new ArrayList<>();
        if (type().equals("one_of")) {
            node.path("tolerance").path("values").forEach(v -> allowed.add(v.asDouble()));
        } else {
            allowed.add(value().asDouble());
        }
        assertThat(allowed).as(name).contains(actual);
    }

    /** Asserts that numbers agree with a list of them. */
    void matches(JsonNode expected, List<Double> actual) {
        assertThat(actual).as(name).hasSize(expected.size());
        for (int i = 0; i < actual.size(); i++) {
            close("[" + i + "]", actual.get(i), expected.get(i).asDouble());
        }
    }

    private String type() {
        return node.path("tolerance").path("type").asText();
    }

    private void close(String field, double actual, double expected) {
        SoftAssertions.assertSoftly(
                soft ->
                        soft.assertThat(Math.abs(actual - expected))
                                .as(name + " " + field + ": " + actual + " for " + expected)
                                .isLessThanOrEqualTo(atol() + rtol() * Math.abs(expected)));
    }

    double rtol() {
        return node.path("tolerance").path("rtol").asDouble(0);
    }

    double atol() {
        return node.path("tolerance").path("atol").asDouble(0);
    }
}
