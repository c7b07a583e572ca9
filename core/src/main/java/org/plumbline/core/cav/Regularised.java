package org.plumbline.core.cav;

/** A linear fit with one regularisation parameter, over all rows or over all but one fold. */
interface Regularised {
    /**
     * Returns the coefficients for every value, fitted on the rows outside a fold, in the
     * coordinates of {@link #design()}.
     *
     * @param values ascending
     */
    double[][] without(int fold, double... values);

    /** Returns the coefficients fitted on every row, one per channel. */
    double[] all(double value);

    /** Returns the rows that are fitted. */
    Design design();
}
