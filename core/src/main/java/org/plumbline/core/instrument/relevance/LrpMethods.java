package org.plumbline.core.instrument.relevance;

import static org.plumbline.core.instrument.relevance.Lines.torch;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.ArrayList;
import java.util.List;

/** Methods of the root that rewritten operators call. */
final class LrpMethods {
    /** {@code (y, m) -> y} with the derivative of {@code m}. */
    static final String PASS = "plumbline_lrp_pass";

    /** {@code (z) -> z} away from 0, a constant. */
    static final String STABILISED = "plumbline_lrp_stabilised";

    /** {@code (value, list, place) -> value} as it was noted, or notes it: see {@link Fixing}. */
    static final String FIXED = "plumbline_lrp_fixed";

    private static final String NOTING = "if torch.lt(pl_at[0], 0):";

    private final Additions additions;
    private final ClassSource root;
    private final Fixing fixing;

    private LrpMethods(Additions additions, ClassSource root, Fixing fixing) {
        this.additions = additions;
        this.root = root;
        this.fixing = fixing;
    }

    static void add(Additions additions, ClassSource root, Fixing fixing, LrpComposite composite) {
        LrpMethods methods = new LrpMethods(additions, root, fixing);
        methods.addPass();
        methods.addStabilised(composite);
        if (fixing.keeps()) {
            methods.addFixed();
        }
    }

    private void addPass() {
        List<String> body = new ArrayList<>();
        if (fixing.keeps()) {
            body.addAll(List.of(NOTING, "  pl_z = pl_y", "else:"));
            body.add("  pl_z = torch.add(pl_y, torch.sub(pl_m, torch.detach(pl_m)))");
        } else {
            body.add("pl_none = torch.sub(pl_m, torch.detach(pl_m))");
            body.add("pl_z = torch.add(torch.detach(pl_y), pl_none)");
        }
        body.add("return pl_z");
        method(PASS, "pl_y: Tensor, pl_m: Tensor", body);
    }

    private void addStabilised(LrpComposite composite) {
        String epsilon = Double.toString(composite.epsilon());
        String above = torch("add", "pl_d", epsilon);
        String below = torch("sub", "pl_d", epsilon);
        String signed = torch("where", torch("ge", "pl_d", "0"), above, below);
        String constant = fixing.keeps() ? "pl_z" : torch("detach", "pl_z");
        additions.add(
                root,
                fixing.self(),
                STABILISED,
                List.of("pl_z: Tensor"),
                "Tensor",
                List.of("pl_d = " + constant, "return " + (composite.signed() ? signed : above)));
    }

    private void addFixed() {
        method(
                FIXED,
                "pl_v: Tensor",
                List.of(
                        NOTING,
                        "  pl_n = torch.append(pl_kept, pl_v)",
                        "  pl_f = pl_v",
                        "else:",
                        "  pl_f = pl_kept[pl_at[0]]",
                        "  pl_s = torch._set_item(pl_at, 0, torch.add(pl_at[0], 1))",
                        "return pl_f"));
    }

    private void method(String name, String parameters, List<String> body) {
        List<String> all = new ArrayList<>(List.of(parameters));
        if (fixing.keeps()) {
            all.add(Fixing.PARAMETERS);
        }
        additions.add(root, fixing.self(), name, all, "Tensor", body);
    }
}
