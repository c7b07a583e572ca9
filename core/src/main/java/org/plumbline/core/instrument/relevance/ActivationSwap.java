package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.Step.Branch;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces every ReLU of a flat program by {@code softplus(x) = log(1 + exp(beta x)) / beta}, which
 * has second derivatives; the engine takes {@code x} itself where {@code beta x > 20}. Immutable.
 *
 * <p>Source: Dombrowski et al., "Explanations can be manipulated and geometry is to blame", NeurIPS
 * 2019; fairwashing/fairwashing trains with beta 20, and with 50 for LRP.
 *
 * @param beta sharpness, above 0
 */
public record ActivationSwap(double beta) {
    private static final Set<String> RELU = Set.of("torch.relu", "torch.relu_");
    private static final String THRESHOLD = "20.";

    /** Checks the range. */
    public ActivationSwap {
        if (!(beta > 0 && beta <= 1e6)) {
            throw new IllegalArgumentException("beta: " + beta + " (expected: above 0, to 1e6)");
        }
    }

    /**
     * Returns a copy with the other activation.
     *
     * @throws Untappable if there is no ReLU
     */
    public FlatProgram applied(FlatProgram program) throws Untappable {
        List<Step> steps = swapped(program.steps());
        if (steps.equals(program.steps())) {
            throw new Untappable("there is no ReLU to replace");
        }
        return new FlatProgram(
                program.self(), program.input(), program.constants(), steps, program.result());
    }

    private List<Step> swapped(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Operation operation
                    && operation.value() instanceof Call call
                    && RELU.contains(call.function().text())) {
                swap(operation, call, out);
            } else if (step instanceof Branch branch) {
                out.add(
                        new Branch(
                                branch.condition(),
                                swapped(branch.then()),
                                swapped(branch.otherwise())));
            } else if (step instanceof Loop loop) {
                out.add(new Loop(loop.variable(), loop.over(), swapped(loop.body())));
            } else {
                out.add(step);
            }
        }
        return out;
    }

    /** What worked in place gives its operand the new value, so that later readers see it. */
    private void swap(Operation operation, Call call, List<Step> out) {
        Expression operand = call.arguments().get(0).value();
        Call softplus =
                new Call(
                        new Name("torch.softplus"),
                        List.of(
                                Argument.of(operand),
                                Argument.of(new Literal(Double.toString(beta))),
                                Argument.of(new Literal(THRESHOLD))));
        boolean inPlace = call.function().text().endsWith("_");
        if (inPlace) {
            out.add(assigned(List.of(operand.text()), softplus, operation.origin()));
        }
        out.add(assigned(operation.targets(), inPlace ? operand : softplus, operation.origin()));
    }

    private static Operation assigned(List<String> targets, Expression value, Origin origin) {
        return new Operation(targets, Optional.empty(), value, origin);
    }
}
