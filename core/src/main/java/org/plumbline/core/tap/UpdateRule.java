package org.plumbline.core.tap;

/** How gradients change parameters, in PyTorch's exact form. Immutable. */
public sealed interface UpdateRule {

    /** Returns how many moments each parameter has. */
    int moments();

    /**
     * Stochastic gradient descent: {@code g += decay p; b = momentum b + g; p -= rate b}.
     *
     * <p>Source: PyTorch, {@code torch.optim.SGD}, without dampening.
     *
     * @param momentum in [0, 1)
     * @param weightDecay L2 penalty added to the gradient, at least 0
     * @param nesterov whether {@code g + momentum b} takes the place of {@code b}
     */
    record Sgd(double momentum, double weightDecay, boolean nesterov) implements UpdateRule {
        /** Checks the ranges. */
        public Sgd {
            requireShare("momentum", momentum);
            requireDecay(weightDecay);
        }

        @Override
        public int moments() {
            return 1;
        }
    }

    /**
     * Adam; epsilon is added after bias correction, the weight decay to the gradient.
     *
     * <p>Source: PyTorch 1.13, {@code torch.optim.Adam}, single-tensor form.
     *
     * @param beta1 in [0, 1)
     * @param beta2 in [0, 1)
     * @param epsilon above 0
     * @param weightDecay L2 penalty added to the gradient, at least 0
     */
    record Adam(double beta1, double beta2, double epsilon, double weightDecay)
            implements UpdateRule {
        /** Checks the ranges. */
        public Adam {
            requireShare("beta1", beta1);
            requireShare("beta2", beta2);
            requireDecay(weightDecay);
            if (!(epsilon > 0)) {
                throw new IllegalArgumentException("epsilon: " + epsilon + " (expected: > 0)");
            }
        }

        @Override
        public int moments() {
            return 2;
        }
    }

    private static void requireShare(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: in [0, 1))");
        }
    }

    private static void requireDecay(double value) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException("weight_decay: " + value + " (expected: >= 0)");
        }
    }
}
