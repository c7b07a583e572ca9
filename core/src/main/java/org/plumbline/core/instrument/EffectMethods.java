package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The root methods that intervene: they move the layer's value along a direction {@code v} until
 * its projection has come a share {@code s} of the way to a level {@code z}, and tell how far a
 * logit moves, without a derivative.
 *
 * <p>{@code a' = a + s (z - l(a)) v} at every location, where {@code l(a)} is the projection of the
 * channels pooled over locations, by mean or by maximum; adding one vector everywhere moves either
 * pooled value by exactly that vector. With {@code s = 1} and {@code z} the mean of examples
 * without the concept this is P-ClArC's removal, with the mean of examples with it A-ClArC's
 * addition.
 *
 * <p>Source: Anders et al., "Finding and removing Clever Hans", Information Fusion 2022.
 */
final class EffectMethods {
    static final List<String> PARAMETERS =
            List.of(
                    "pl_cavs: Tensor",
                    "pl_levels: Tensor",
                    "pl_strengths: Tensor",
                    "pl_maxima: Tensor",
                    "pl_target: Tensor",
                    "pl_copies: Tensor");

    private static final List<String> GAPS =
            List.of(
                    "pl_n = torch.size(pl_index, 0)",
                    "pl_where = torch.unsqueeze(pl_index, 1)",
                    "pl_before = torch.gather(pl_logits, 1, pl_where)",
                    "pl_columns = torch.t(pl_cavs)",
                    "pl_means = torch.matmul(torch.mean(pl_flat, [2]), pl_columns)",
                    "pl_tops = torch.matmul(torch.amax(pl_flat, [2]), pl_columns)",
                    "pl_now = torch.where(torch.gt(pl_maxima, 0), pl_tops, pl_means)",
                    "pl_gaps = torch.mul(torch.sub(pl_levels, pl_now), pl_strengths)",
                    "pl_changes = annotate(List[Tensor], [])",
                    "pl_some = int(pl_copies)",
                    "pl_from = 0",
                    "pl_go = True",
                    "while pl_go:",
                    "  pl_to = torch.add(pl_from, pl_some)",
                    "  pl_part = torch.slice(pl_cavs, 0, pl_from, pl_to)",
                    "  pl_m = torch.size(pl_part, 0)",
                    "  pl_way = torch.t(torch.slice(pl_gaps, 1, pl_from, pl_to))",
                    "  pl_move = torch.mul(torch.unsqueeze(pl_part, 1), torch.unsqueeze(pl_way,"
                            + " 2))",
                    "  pl_shift = torch.flatten(pl_move, 0, 1)",
                    "  for pl_axis in range(torch.sub(torch.dim(pl_a), 2)):",
                    "    if pl_last:",
                    "      pl_new = 1",
                    "    else:",
                    "      pl_new = -1",
                    "    pl_shift = torch.unsqueeze(pl_shift, pl_new)");

    private static final List<String> CHANGES =
            List.of(
                    "  pl_many = torch.repeat(pl_where, [pl_m, 1])",
                    "  pl_after = torch.squeeze(torch.gather(pl_logits, 1, pl_many), 1)",
                    "  pl_each = torch.t(torch.reshape(pl_after, [pl_m, pl_n]))",
                    "  pl_k = torch.append(pl_changes, torch.sub(pl_each, pl_before))",
                    "  pl_from = pl_to",
                    "  pl_go = torch.lt(pl_from, torch.size(pl_cavs, 0))",
                    "pl_reach = torch.mul(pl_gaps, torch.size(pl_flat, 2))",
                    "return (torch.stack([torch.cat(pl_changes, 1), pl_reach], 2), pl_index)");

    /** Repeats what holds a row a sample, and moves the layer's value, the first of the state. */
    private static final List<String> STATES =
            List.of(
                    "  pl_moved = annotate(List[Tensor], [])",
                    "  for pl_i in range(torch.len(pl_held)):",
                    "    pl_one = pl_held[pl_i]",
                    "    if torch.eq(torch.dim(pl_one), 0):",
                    "      pl_rows = -1",
                    "    else:",
                    "      pl_rows = torch.size(pl_one, 0)",
                    "    if torch.eq(pl_rows, pl_n):",
                    "      pl_same = annotate(List[Tensor], [])",
                    "      for pl_copy in range(pl_m):",
                    "        pl_k = torch.append(pl_same, pl_one)",
                    "      pl_tiled = torch.cat(pl_same, 0)",
                    "    else:",
                    "      pl_tiled = pl_one",
                    "    if torch.eq(pl_i, 0):",
                    "      pl_put = torch.add(pl_tiled, pl_shift)",
                    "    else:",
                    "      pl_put = pl_tiled",
                    "    pl_k = torch.append(pl_moved, pl_put)");

    private final Additions additions;
    private final ClassSource root;
    private final MethodSource forward;
    private final RootOutput output;
    private final String input;

    EffectMethods(Additions additions, ClassSource root, MethodSource forward, RootOutput output) {
        this.additions = additions;
        this.root = root;
        this.forward = forward;
        this.output = output;
        this.input = forward.parameters().get(0).name();
    }

    /**
     * Adds them: through the whole model, and on the head alone where there is one.
     *
     * @param shifted copy of {@code forward} that takes a list of shift and number of the call
     */
    void add(String shifted, Optional<SplitWeaver.Halves> halves) {
        add(Instrumenter.EFFECTS, input, whole(shifted));
        halves.ifPresent(h -> headOnly(h));
    }

    private void headOnly(SplitWeaver.Halves halves) {
        String trunk = "pl_held = " + call(halves.trunk()) + "torch.clone(" + input + "), )";
        add(Instrumenter.EFFECTS_SPLIT, input, behind(trunk, halves.head()));
        if (halves.values() == 1) {
            add(Instrumenter.EFFECTS_HEAD, "pl_y", behind("pl_held = [pl_y]", halves.head()));
        }
    }

    private List<String> whole(String shifted) {
        List<String> body = new ArrayList<>();
        body.add("pl_taps = [torch.zeros([1]), torch.tensor(-1)]");
        body.addAll(output.after(call(shifted) + "pl_taps, torch.clone(" + input + "), )"));
        body.addAll(AuditMethods.requireTaps(2));
        body.add("pl_at = torch.tensor(torch.sub(torch.len(pl_taps), 3))");
        body.add("pl_a = pl_taps[-1]");
        List<String> run = new ArrayList<>();
        run.add("  pl_taps = [pl_shift, pl_at]");
        run.add("  pl_xs = annotate(List[Tensor], [])");
        run.add("  for pl_copy in range(pl_m):");
        run.add("    pl_k = torch.append(pl_xs, " + input + ")");
        indented(run, call(shifted) + "pl_taps, torch.cat(pl_xs, 0), )");
        return body(body, run);
    }

    private List<String> behind(String state, String head) {
        List<String> body = new ArrayList<>(List.of(state, "pl_a = pl_held[0]"));
        body.addAll(output.after(call(head) + "pl_held, )"));
        List<String> run = new ArrayList<>(STATES);
        indented(run, call(head) + "pl_moved, )");
        return body(body, run);
    }

    private void indented(List<String> lines, String call) {
        output.after(call).forEach(line -> lines.add("  " + line));
    }

    private static List<String> body(List<String> before, List<String> run) {
        List<String> body = new ArrayList<>(before);
        body.addAll(AuditMethods.CHOICE);
        body.addAll(ChannelCode.flat("pl_a", "pl_cavs"));
        body.addAll(GAPS);
        body.addAll(run);
        body.addAll(CHANGES);
        return body;
    }

    private String call(String method) {
        return "(" + forward.self() + ")." + method + "(";
    }

    private void add(String name, String first, List<String> body) {
        List<String> parameters = new ArrayList<>(List.of(first + ": Tensor"));
        parameters.addAll(PARAMETERS);
        additions.add(root, forward.self(), name, parameters, "Tuple[Tensor, Tensor]", body);
    }
}
