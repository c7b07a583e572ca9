package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.List;

/**
 * Layer-wise relevance propagation as a method of the root: it answers as forward does, and the
 * gradient of its answer with respect to a value is the relevance of that value.
 */
public final class Lrp {
    /** {@code (x, taps) -> logits}; the marked layer's output is appended to the list. */
    public static final String METHOD = "plumbline_lrp";

    private Lrp() {}

    /**
     * Adds the method.
     *
     * @throws Untappable naming the operator without a rule, its module and its statement
     */
    public static void add(
            Additions additions, ClassSource root, FlatProgram program, LrpComposite composite)
            throws Untappable {
        List<String> body = new RelevanceWriter(program, composite).write(program);
        LrpMethods.add(additions, root, program.self(), composite);
        additions.add(
                root,
                program.self(),
                METHOD,
                List.of(program.input() + ": Tensor", RelevanceWriter.TAPS + ": List[Tensor]"),
                "Tensor",
                body);
    }
}
