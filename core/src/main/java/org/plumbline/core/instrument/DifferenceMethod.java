package org.plumbline.core.instrument;

import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.List;

/**
 * The root method that measures slopes without a derivative: central differences of a logit along
 * each concept vector {@code v}, added at every location of the layer at once.
 *
 * <p>{@code (f(a + h v) - f(a - h v)) / 2h}, with {@code h} = step times the root mean square, over
 * the locations of the sample, of the activation's norm over channels. Its error is of order {@code
 * h^2} for smooth models and of order {@code h} where units switch; rounding adds about {@code
 * epsilon |f| / h}. The same {@code h} for all locations keeps the slope the sum of the
 * sensitivities over locations.
 */
final class DifferenceMethod {
    static final List<String> PARAMETERS =
            List.of("pl_cavs: Tensor", "pl_target: Tensor", "pl_step: Tensor", "pl_copies: Tensor");

    private DifferenceMethod() {}

    /**
     * Returns the method's body.
     *
     * @param shifted copy of {@code forward} that takes a list of shift and number of the call
     */
    static List<String> body(MethodSource forward, RootOutput output, String shifted) {
        String input = forward.parameters().get(0).name();
        String call = "(" + forward.self() + ")." + shifted + "(";
        List<String> body = new ArrayList<>();
        body.add("pl_taps = [torch.zeros([1]), torch.tensor(-1)]");
        body.addAll(output.after(call + "pl_taps, " + input + ", )"));
        body.addAll(AuditMethods.requireTaps(2));
        body.addAll(AuditMethods.CHOICE);
        body.add("pl_at = torch.tensor(torch.sub(torch.len(pl_taps), 3))");
        body.add("pl_a = pl_taps[-1]");
        body.addAll(ChannelCode.flat("pl_a", "pl_cavs"));
        body.addAll(ChannelCode.PROJECTIONS);
        body.addAll(
                List.of(
                        "pl_n = torch.size(pl_index, 0)",
                        "pl_squares = torch.sum(torch.mul(pl_flat, pl_flat), [1])",
                        "pl_scale = torch.sqrt(torch.mean(pl_squares, [1]))",
                        "pl_one = torch.ones_like(pl_scale)",
                        "pl_size = torch.where(torch.gt(pl_scale, 0), pl_scale, pl_one)",
                        "pl_h = torch.mul(pl_size, pl_step)",
                        "pl_both = torch.cat([pl_cavs, torch.neg(pl_cavs)], 0)",
                        "pl_ups = annotate(List[Tensor], [])",
                        "pl_some = int(pl_copies)",
                        "pl_from = 0",
                        "pl_go = True",
                        "while pl_go:",
                        "  pl_part = torch.slice(pl_both, 0, pl_from, torch.add(pl_from,"
                                + " pl_some))",
                        "  pl_m = torch.size(pl_part, 0)",
                        "  pl_hv = torch.mul(torch.unsqueeze(pl_part, 1), torch.reshape(pl_h, [1,"
                                + " -1, 1]))",
                        "  pl_shift = torch.flatten(pl_hv, 0, 1)",
                        "  for pl_axis in range(torch.sub(torch.dim(pl_a), 2)):",
                        "    if pl_last:",
                        "      pl_new = 1",
                        "    else:",
                        "      pl_new = -1",
                        "    pl_shift = torch.unsqueeze(pl_shift, pl_new)",
                        "  pl_taps = [pl_shift, pl_at]",
                        "  pl_xs = annotate(List[Tensor], [])",
                        "  for pl_copy in range(pl_m):",
                        "    pl_k = torch.append(pl_xs, " + input + ")"));
        output.after(call + "pl_taps, torch.cat(pl_xs, 0), )").forEach(l -> body.add("  " + l));
        body.addAll(
                List.of(
                        "  pl_each = torch.reshape(pl_logits, [pl_m, pl_n, -1])",
                        "  pl_where = torch.reshape(pl_index, [1, -1, 1])",
                        "  pl_up = torch.gather(pl_each, 2, torch.expand(pl_where, [pl_m, -1,"
                                + " -1]))",
                        "  pl_k = torch.append(pl_ups, torch.squeeze(pl_up, 2))",
                        "  pl_from = torch.add(pl_from, pl_some)",
                        "  pl_go = torch.lt(pl_from, torch.size(pl_both, 0))",
                        "pl_all = torch.cat(pl_ups, 0)",
                        "pl_concepts = torch.size(pl_cavs, 0)",
                        "pl_plus = torch.slice(pl_all, 0, 0, pl_concepts)",
                        "pl_minus = torch.slice(pl_all, 0, pl_concepts)",
                        "pl_rise = torch.t(torch.sub(pl_plus, pl_minus))",
                        "pl_run = torch.mul(torch.unsqueeze(pl_h, 1), torch.mul(2,"
                                + " torch.size(pl_flat, 2)))",
                        "pl_mean = torch.div(pl_rise, pl_run)",
                        "pl_pos = torch.to(torch.gt(pl_mean, 0), 6)",
                        "pl_neg = torch.to(torch.lt(pl_mean, 0), 6)",
                        "return (torch.stack([pl_mean, pl_pos, pl_neg, torch.abs(pl_mean)], 2),"
                                + " pl_index, pl_projections)"));
        return body;
    }
}
