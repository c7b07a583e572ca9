package org.plumbline.core.instrument;

/** Update rules, in PyTorch's exact form; numbers are given at every step. */
public enum Optimizer {
    /** Stochastic gradient descent with momentum and weight decay. */
    SGD,
    /** Adam; epsilon is added after bias correction. */
    ADAM
}
