package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.assertj.core.api.SoftAssertions;
import org.plumbline.core.significance.BinomialInterval;
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

    long[] longs() {
        return NpyFile.readLongs(file);
    }

    /** Asserts that numbers agree with {@code field} of the stored value, or with all of it. */
    void matches(String field, float[] actual) {
        JsonNode stored = field.isEmpty() ? value() : value().path(field);
        float[] expected = new float[stored.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) stored.path(i).asDouble(Double.NaN);
        }
        matches(actual, expected);
    }

    /** Asserts that an array agrees within the stated tolerance. */
    void matches(float[] actual) {
        matches(actual, array().values());
    }

    /** Asserts that the first rows agree: the stored array may have fewer. */
    void matchesFirstRows(FloatTensor actual) {
        matches(actual.slice(0, array().rows()).values());
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
