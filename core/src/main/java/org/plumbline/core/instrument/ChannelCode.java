package org.plumbline.core.instrument;

import java.util.List;

/** Lines that find the axis of the channels, as {@link org.plumbline.core.tensor.ChannelAxis}. */
final class ChannelCode {
    /**
     * From {@code pl_flat} and {@code pl_cavs} to {@code pl_projections [n, K, 2]}: of the mean of
     * the channels over locations, and of their maximum.
     */
    static final List<String> PROJECTIONS =
            List.of(
                    "pl_columns = torch.t(pl_cavs)",
                    "pl_means = torch.matmul(torch.mean(pl_flat, [2]), pl_columns)",
                    "pl_tops = torch.matmul(torch.amax(pl_flat, [2]), pl_columns)",
                    "pl_projections = torch.stack([pl_means, pl_tops], 2)");

    private ChannelCode() {}

    /**
     * Returns lines that set {@code pl_last}, whether the channels of {@code tensor} are its last
     * axis, and {@code pl_flat}, the same {@code [n, d, locations]}.
     *
     * @param tensor name of a local Tensor
     * @param cavs name of a local Tensor {@code [K, d]}
     */
    static List<String> flat(String tensor, String cavs) {
        String channels = "torch.size(" + cavs + ", 1)";
        return List.of(
                "if torch.eq(torch.dim(" + tensor + "), 3):",
                "  pl_last = torch.eq(torch.size(" + tensor + ", -1), " + channels + ")",
                "else:",
                "  pl_last = torch.ne(torch.size(" + tensor + ", 1), " + channels + ")",
                "if pl_last:",
                "  pl_first = torch.movedim(" + tensor + ", -1, 1)",
                "else:",
                "  pl_first = " + tensor,
                "pl_flat = torch.flatten(torch.unsqueeze(pl_first, -1), 2)");
    }
}
