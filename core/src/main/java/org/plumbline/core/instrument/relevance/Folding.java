package org.plumbline.core.instrument.relevance;

import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides conditions that do not depend on the input: whether an optional weight is there, a flag
 * is set, two numbers are equal. Confined to one thread.
 */
final class Folding {
    private final Set<String> present = new HashSet<>();

    /** Notes that a name is never {@code None}. */
    void present(String name) {
        present.add(name);
    }

    /** Returns whether a value is certainly not {@code None}. */
    boolean isPresent(Expression value) {
        return value instanceof Name name
                ? present.contains(name.value())
                : !value.equals(Literal.NONE);
    }

    /** Returns what a call of an operator is equal to, if that can be told. */
    Optional<Expression> fold(Call call) {
        String operator = call.function().text();
        Optional<Expression> first = call.positional(0);
        Optional<Expression> second = call.positional(1);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        if (operator.equals("torch.__not__")) {
            return truth(first.get()).map(t -> Literal.of(!t));
        }
        if (operator.equals("bool")) {
            return truth(first.get()).map(Literal::of);
        }
        if (second.isEmpty()) {
            return Optional.empty();
        }
        return switch (operator) {
            case "torch.__is__" -> isNone(first.get(), second.get()).map(Literal::of);
            case "torch.__isnot__" -> isNone(first.get(), second.get()).map(t -> Literal.of(!t));
            case "torch.eq" -> compared(first.get(), second.get()).map(c -> Literal.of(c == 0));
            case "torch.ne" -> compared(first.get(), second.get()).map(c -> Literal.of(c != 0));
            case "torch.lt" -> compared(first.get(), second.get()).map(c -> Literal.of(c < 0));
            case "torch.le" -> compared(first.get(), second.get()).map(c -> Literal.of(c <= 0));
            case "torch.gt" -> compared(first.get(), second.get()).map(c -> Literal.of(c > 0));
            case "torch.ge" -> compared(first.get(), second.get()).map(c -> Literal.of(c >= 0));
            default -> Optional.empty();
        };
    }

    /** Returns the value of {@code True} and {@code False}. */
    static Optional<Boolean> truth(Expression value) {
        if (value.equals(Literal.of(true))) {
            return Optional.of(true);
        }
        return value.equals(Literal.of(false)) ? Optional.of(false) : Optional.empty();
    }

    private Optional<Boolean> isNone(Expression value, Expression none) {
        if (!none.equals(Literal.NONE)) {
            return Optional.empty();
        }
        if (value.equals(Literal.NONE)) {
            return Optional.of(true);
        }
        return isPresent(value) ? Optional.of(false) : Optional.empty();
    }

    private static Optional<Integer> compared(Expression a, Expression b) {
        Optional<Double> left = a.number();
        Optional<Double> right = b.number();
        return left.isPresent() && right.isPresent()
                ? Optional.of(Double.compare(left.get(), right.get()))
                : Optional.empty();
    }
}
