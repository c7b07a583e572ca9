package org.plumbline.core.instrument.relevance;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.ArrayList;
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
        add(additions, root, program, composite, Fixing.cut(program.self()));
    }

    /**
     * Adds the method in a form whose relevance may be differentiated by the parameters, {@code (x,
     * taps, kept, at) -> logits}. It runs twice: with an empty {@code kept} and {@code at = [-1]}
     * on an input without gradient, then with {@code at = [0]} on the point to be explained.
     *
     * @throws Untappable as {@link #add}
     */
    public static void addDifferentiable(
            Additions additions, ClassSource root, FlatProgram program, LrpComposite composite)
            throws Untappable {
        add(additions, root, program, composite, Fixing.kept(program.self()));
    }

    private static void add(
            Additions additions,
            ClassSource root,
            FlatProgram program,
            LrpComposite composite,
            Fixing fixing)
            throws Untappable {
        List<String> body = new RelevanceWriter(program, composite, fixing).write(program);
        LrpMethods.add(additions, root, fixing, composite);
        List<String> parameters = new ArrayList<>();
        parameters.add(program.input() + ": Tensor");
        parameters.add(RelevanceWriter.TAPS + ": List[Tensor]");
        if (fixing.keeps()) {
            parameters.add(Fixing.PARAMETERS);
        }
        additions.add(root, program.self(), METHOD, parameters, "Tensor", body);
    }
}
