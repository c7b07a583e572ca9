package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.relevance.Step.Branch;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who reads each name of a program; questions about sizes and types do not count. Confined to one
 * thread.
 */
final class SignalFlow {
    private static final int TRAINING = 5;

    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, Operation> readers = new HashMap<>();
    private final Map<String, Integer> lastRead = new HashMap<>();
    private final IdentityHashMap<Step, Integer> places = new IdentityHashMap<>();

    SignalFlow(FlatProgram program) {
        count(program.steps());
        read(program.result());
    }

    private void count(List<Step> steps) {
        for (Step step : steps) {
            places.put(step, places.size());
            if (step instanceof Operation operation) {
                if (!OperatorKind.isQuery(operation.value())) {
                    read(operation.value());
                    Operands.of(operation.value()).forEach(name -> readers.put(name, operation));
                }
            } else if (step instanceof Branch branch) {
                read(branch.condition());
                count(branch.then());
                count(branch.otherwise());
            } else if (step instanceof Loop loop) {
                read(loop.over());
                count(loop.body());
            }
        }
    }

    private void read(Expression value) {
        for (String name : Operands.of(value)) {
            uses.merge(name, 1, Integer::sum);
            lastRead.put(name, places.size());
        }
    }

    /** Returns whether a name is read after a step, in the order of the text. */
    boolean isReadAfter(String name, Step step) {
        return lastRead.getOrDefault(name, -1) > places.getOrDefault(step, 0) + 1;
    }

    /** Returns the batch normalisation in evaluation mode that alone reads a name. */
    Optional<Call> batchNorm(String name) {
        Operation reader = readers.get(name);
        boolean alone = uses.getOrDefault(name, 0) == 1 && reader != null;
        return alone && reader != null && reader.value() instanceof Call call
                ? Optional.of(call)
                        .filter(c -> c.function().text().equals("torch.batch_norm"))
                        .filter(c -> c.arguments().get(0).value().text().equals(name))
                        .filter(c -> c.positional(TRAINING).equals(Optional.of(Literal.of(false))))
                : Optional.empty();
    }
}
