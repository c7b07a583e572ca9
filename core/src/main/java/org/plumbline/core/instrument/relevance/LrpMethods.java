package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.List;

/** Methods of the root that rewritten operators call. */
final class LrpMethods {
    /** {@code (y, m) -> y} with the derivative of {@code m}. */
    static final String PASS = "plumbline_lrp_pass";

    /** {@code (z) -> z} away from 0, a constant. */
    static final String STABILISED = "plumbline_lrp_stabilised";

    private LrpMethods() {}

    static void add(Additions additions, ClassSource root, String self, LrpComposite composite) {
        additions.add(
                root,
                self,
                PASS,
                List.of("pl_y: Tensor", "pl_m: Tensor"),
                "Tensor",
                List.of(
                        "pl_none = torch.sub(pl_m, torch.detach(pl_m))",
                        "return torch.add(torch.detach(pl_y), pl_none)"));
        String epsilon = Double.toString(composite.epsilon());
        String above = torch("add", "pl_d", epsilon);
        String below = torch("sub", "pl_d", epsilon);
        String signed = torch("where", torch("ge", "pl_d", "0"), above, below);
        String stabilised = composite.signed() ? signed : above;
        additions.add(
                root,
                self,
                STABILISED,
                List.of("pl_z: Tensor"),
                "Tensor",
                List.of("pl_d = torch.detach(pl_z)", "return " + stabilised));
    }
}
