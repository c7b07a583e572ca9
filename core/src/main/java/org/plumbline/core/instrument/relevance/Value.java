package org.plumbline.core.instrument.relevance;

import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;

import java.util.List;

/** What a local name stands for while code is written out. Immutable. */
sealed interface Value {

    /** Returns the value as an operand of the flat program. */
    Expression expression();

    /** A name or literal of the flat program, or a list of them. */
    record Operand(Expression expression) implements Value {}

    /** A module of the archive, by attribute path. */
    record Submodule(String path, ClassSource type) implements Value {
        @Override
        public Expression expression() {
            throw new IllegalStateException("module " + path + " (expected: an operand)");
        }
    }

    /** A printed function or class, by qualified name. */
    record Global(String name) implements Value {
        @Override
        public Expression expression() {
            return new Name(name);
        }
    }

    /** A tuple whose elements are known. */
    record Elements(List<Value> values) implements Value {
        public Elements {
            values = List.copyOf(values);
        }

        @Override
        public Expression expression() {
            return new Sequence(false, values.stream().map(Value::expression).toList());
        }
    }
}
