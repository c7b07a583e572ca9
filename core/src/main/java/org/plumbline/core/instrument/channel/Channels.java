package org.plumbline.core.instrument.channel;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * What is known of the channel axis of a value, axis 1: the unit of each channel, and the constant
 * it is equal to at every location of every sample, or NaN if it varies. Immutable.
 */
final class Channels {
    /** How locations lie in a value. */
    enum Form {
        /** {@code [n, channels, height, width]}. */
        SPATIAL,
        /** {@code [n, channels]}. */
        FLAT,
        /** {@code [n, channels * locations]}: each channel is a run of equal length. */
        FOLDED
    }

    private final Form form;
    private final int[] units;
    private final double[] constants;

    /** Takes the arrays, which must not change any more. */
    Channels(Form form, int[] units, double[] constants) {
        this.form = form;
        this.units = units;
        this.constants = constants;
    }

    /** Returns channels that no layer made, with unknown values. */
    static Channels fixed(Form form, int count) {
        return new Channels(form, Units.fixed(count), unknown(count));
    }

    static double[] unknown(int count) {
        double[] constants = new double[count];
        Arrays.fill(constants, Double.NaN);
        return constants;
    }

    Form form() {
        return form;
    }

    int size() {
        return units.length;
    }

    int unit(int channel) {
        return units[channel];
    }

    int[] units() {
        return units.clone();
    }

    /** Returns the constant of a channel, NaN if it varies. */
    double constant(int channel) {
        return constants[channel];
    }

    double[] constants() {
        return constants.clone();
    }

    /** Returns the same in another form. */
    Channels as(Form other) {
        return new Channels(other, units, constants);
    }

    /** Returns the same after a function of each element. */
    Channels mapped(DoubleUnaryOperator function) {
        return new Channels(form, units, Arrays.stream(constants).map(function).toArray());
    }

    /** Returns the same with other constants. */
    Channels withConstants(double[] others) {
        return new Channels(form, units, others);
    }

    /** Returns the same with unknown values. */
    Channels varying() {
        return new Channels(form, units, unknown(units.length));
    }

    /** Returns whether an axis of so many entries may be this one. */
    boolean fits(int entries) {
        return form == Form.FOLDED
                ? size() > 0 && entries >= size() && entries % size() == 0
                : entries == size();
    }

    /** Returns one channel for each of so many entries, which must fit. */
    Channels spread(int entries) {
        int run = entries / size();
        int[] spreadUnits = new int[entries];
        double[] spreadConstants = new double[entries];
        for (int i = 0; i < entries; i++) {
            spreadUnits[i] = units[i / run];
            spreadConstants[i] = constants[i / run];
        }
        return new Channels(form == Form.FOLDED ? Form.FLAT : form, spreadUnits, spreadConstants);
    }

    /** Returns these channels followed by others of the same form. */
    Channels followedBy(Channels other) {
        int[] bothUnits = Arrays.copyOf(units, units.length + other.size());
        System.arraycopy(other.units, 0, bothUnits, units.length, other.size());
        double[] both = Arrays.copyOf(constants, bothUnits.length);
        System.arraycopy(other.constants, 0, both, units.length, other.size());
        return new Channels(form, bothUnits, both);
    }
}
