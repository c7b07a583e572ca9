package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Step;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ArchiveWriter;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.source.Expression;
import org.plumbline.core.torchscript.source.Expression.Argument;
import org.plumbline.core.torchscript.source.Expression.Call;
import org.plumbline.core.torchscript.source.Expression.Literal;
import org.plumbline.core.torchscript.source.Expression.Name;
import org.plumbline.core.torchscript.source.Expression.Sequence;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A copy of an archive that can tell the sizes of what its layers give. */
public final class WorkMethod {
    /** {@code (x) -> sizes [layers]} int64: how many elements each layer gave. */
    public static final String METHOD = "plumbline_work";

    private static final String INT64 = "4";

    private WorkMethod() {}

    /**
     * Writes the copy.
     *
     * @return multiplications for one element of the output of each layer; layers in branches and
     *     loops are not counted
     * @throws Untappable if {@code forward} cannot be written out
     */
    public static List<Long> write(Archive archive, Path out) throws Untappable {
        FlatProgram program = ShrinkPlan.program(archive);
        Map<String, String> names = program.attributes();
        Map<String, String> transposed = new HashMap<>();
        List<Long> factors = new ArrayList<>();
        List<Expression> sizes = new ArrayList<>();
        List<Step> steps = new ArrayList<>();
        for (Step step : program.steps()) {
            steps.add(step);
            if (step instanceof Operation operation && operation.targets().size() == 1) {
                String target = operation.targets().get(0);
                if (operation.value() instanceof Call call) {
                    if (Queries.nameOf(call).equals("t")) {
                        transposed.put(target, call.arguments().get(0).value().text());
                    }
                    Optional<StoredTensor> weight =
                            LinearOperator.of(call, transposed)
                                    .map(operator -> names.getOrDefault(operator.weight(), ""))
                                    .map(archive.tensors()::get);
                    if (weight.isPresent()) {
                        String size = "pl_size" + sizes.size();
                        sizes.add(new Name(size));
                        factors.add(weight.get().size() / Math.max(1, weight.get().shape().get(0)));
                        Expression asked =
                                new Call(
                                        new Name("torch.numel"),
                                        List.of(Argument.of(new Name(target))));
                        steps.add(
                                new Operation(
                                        List.of(size),
                                        Optional.empty(),
                                        asked,
                                        operation.origin()));
                    }
                }
            }
        }
        add(archive, program, steps, sizes, out);
        return factors;
    }

    private static void add(
            Archive archive,
            FlatProgram program,
            List<Step> steps,
            List<Expression> sizes,
            Path out) {
        sizes.add(new Literal("0")); // an empty list has no type
        Expression all =
                new Call(
                        new Name("torch.tensor"),
                        List.of(
                                Argument.of(new Sequence(true, sizes)),
                                new Argument(Optional.of("dtype"), new Literal(INT64))));
        FlatProgram measured =
                new FlatProgram(program.self(), program.input(), program.constants(), steps, all);
        Additions additions = new Additions();
        additions.add(
                archive.rootType(),
                program.self(),
                METHOD,
                List.of(program.input() + ": Tensor"),
                "Tensor",
                measured.lines());
        ArchiveWriter.write(
                archive, additions.entries(), name -> !name.endsWith(".debug_pkl"), out);
    }
}
