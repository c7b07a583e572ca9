package org.plumbline.core.instrument.relevance;

import org.plumbline.core.torchscript.source.Expression;

import java.util.List;
import java.util.Optional;

/**
 * A step of a flat program. Names are unique, but for those that {@link Loop}s carry. Immutable.
 */
public sealed interface Step {

    /**
     * Assigns the value of one operator whose operands are names and literals.
     *
     * @param targets empty: the value is not used
     * @param type of the one target, where the exporter stated it
     */
    record Operation(List<String> targets, Optional<String> type, Expression value, Origin origin)
            implements Step {
        /** Copies the list. */
        public Operation {
            targets = List.copyOf(targets);
        }
    }

    /** {@code if condition: then else: otherwise}, where the condition depends on the input. */
    record Branch(Expression condition, List<Step> then, List<Step> otherwise) implements Step {
        /** Copies the lists. */
        public Branch {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** {@code for variable in over:}, or {@code while over:} without a variable. */
    record Loop(Optional<String> variable, Expression over, List<Step> body) implements Step {
        /** Copies the list. */
        public Loop {
            body = List.copyOf(body);
        }
    }

    /** The layer that was asked for has answered with this value. */
    record Mark(Expression value) implements Step {}
}
