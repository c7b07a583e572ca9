package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

/**
 * How values are taken as constants while relevance is propagated. Immutable.
 *
 * <p>{@link #cut} detaches them: enough to explain. {@link #kept} serves to train explanations:
 * relevance is then a function of the parameters through every value that a rule takes as a
 * constant, while none of these may depend on where relevance is read. So the method runs twice
 * over the same list: first on the plain input, when it answers as forward does and notes the
 * values; then on the point where relevance is read, when it takes each value from the list, in the
 * same order.
 *
 * @param list arguments that hand the list down; empty: values are detached
 */
record Fixing(String self, String list) {
    /** Parameters of the methods that hand the list down, after the others. */
    static final String PARAMETERS = "pl_kept: List[Tensor], pl_at: List[int]";

    private static final String LIST = "pl_kept, pl_at, ";

    /** Constants without graph. */
    static Fixing cut(String self) {
        return new Fixing(self, "");
    }

    /** Constants whose graph reaches the parameters. */
    static Fixing kept(String self) {
        return new Fixing(self, LIST);
    }

    boolean keeps() {
        return !list.isEmpty();
    }

    /** Returns the text of a value as a constant. */
    String of(String value) {
        return keeps() ? call(LrpMethods.FIXED, value) : torch("detach", value);
    }

    /**
     * Returns the text of {@code y}, itself made of constants, with the derivative of {@code m}.
     */
    String passed(String y, String m) {
        return call(LrpMethods.PASS, y + ", " + m);
    }

    /** Returns the text of a denominator, made of constants, away from 0. */
    String stabilised(String z) {
        return "(" + self + ")." + LrpMethods.STABILISED + "(" + z + ", )";
    }

    private String call(String method, String operands) {
        return "(" + self + ")." + method + "(" + operands + ", " + list + ")";
    }
}
