package org.plumbline.core.instrument;

import java.util.List;

/** What an added method does with the value of the tapped layer on its way to the layers above. */
enum Probe implements Insertion {
    /**
     * Appends the value, cut from the graph below, and hands on a clone: in-place operations that
     * follow do not overwrite the tapped one.
     */
    TAP(
            "tap",
            """
            pl_a = torch.requires_grad_(torch.detach(pl_y))
            pl_n = torch.append(pl_taps, pl_a)
            pl_z = torch.clone(pl_a)
            """),

    /**
     * Appends the value and hands on its sum with the first member of the list, at the call whose
     * number the second member tells.
     */
    SHIFT(
            "shift",
            """
            pl_call = torch.sub(torch.len(pl_taps), 2)
            pl_n = torch.append(pl_taps, pl_y)
            if torch.eq(pl_call, int(pl_taps[1])):
              pl_z = torch.add(pl_y, pl_taps[0])
            else:
              pl_z = torch.clone(pl_y)
            """);

    private final String purpose;
    private final String lines;

    Probe(String purpose, String lines) {
        this.purpose = purpose;
        this.lines = lines;
    }

    @Override
    public String purpose() {
        return purpose;
    }

    @Override
    public List<String> lines() {
        return lines.lines().toList();
    }

    @Override
    public boolean needsTaps() {
        return true;
    }
}
