package org.plumbline.core.tap;

/** How a model is audited, the cheapest way that gives right numbers. */
public enum AuditForm {
    /** The answering pass keeps its graph above the layer; a backward pass follows. */
    KEPT_GRAPH("autograd"),
    /**
     * Plain {@code forward} answers; the audit runs a copy of the input again. For models that
     * return more than one Tensor, or whose logits differ in rounding where autograd records.
     */
    KEPT_INPUT("autograd"),
    /**
     * As {@link #KEPT_INPUT}, with central differences in place of a backward pass, for models with
     * an operator that has no derivative. One number a sample and concept, for all locations.
     */
    FINITE_DIFFERENCES("finite-differences");

    private final String gradient;

    AuditForm(String gradient) {
        this.gradient = gradient;
    }

    /** Returns how slopes are found: {@code autograd} or {@code finite-differences}. */
    public String gradient() {
        return gradient;
    }
}
