package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.assertj.core.api.SoftAssertions;
import org.plumbline.core.significance.BinomialInterval;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.nio.file.Path;

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

    /** Asserts that numbers agree with those in {@code field} of the stored value. */
    void matches(String field, double[] actual) {
        double[] expected = numbers(value().path(field));
        assertThat(actual).as(name + " " + field).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            close(field + "[" + i + "]", actual[i], expected[i]);
        }
    }

    /** Asserts that an interval agrees with the pair in {@code field} of the stored value. */
    void matches(String field, BinomialInterval actual) {
        matches(field, new double[] {actual.lower(), actual.upper()});
    }

    /** Returns entry {@code i} of a list, with the list's tolerance. */
    Expected item(int i) {
        return part("[" + i + "]", value().path(i));
    }

    /** Returns one field of the value, with the value's tolerance. */
    Expected field(String field) {
        return part("/" + field, value().path(field));
    }

    private Expected part(String suffix, JsonNode value) {
        ObjectNode copy = node.deepCopy();
        copy.set("value", value);
        return new Expected(name + suffix, copy, file);
    }

    static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }

    /** Asserts that a number agrees with the stored one. */
    void matches(double actual) {
        close("value", actual, value().asDouble(Double.NaN));
    }

    private void close(String field, double actual, double expected) {
        SoftAssertions.assertSoftly(
                soft ->
                        soft.assertThat(Math.abs(actual - expected))
                                .as(name + " " + field + ": " + actual + " for " + expected)
                                .isLessThanOrEqualTo(atol() + rtol() * Math.abs(expected)));
    }

    private double rtol() {
        return node.path("tolerance").path("rtol").asDouble(0);
    }

    private double atol() {
        return node.path("tolerance").path("atol").asDouble(0);
    }
}
