package org.plumbline.cli.terminal;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * One line of progress on stderr: redrawn on a terminal, a new line per tenth elsewhere. Confined
 * to one thread.
 */
public final class Progress {
    private static final int WIDTH = 30;
    private static final int TENTHS = 10;

    private final PrintWriter err;
    private final boolean terminal;
    private String lastLabel = "";
    private long lastTenth = -1;
    private boolean open;

    /** Makes progress that writes to {@code err}. */
    public Progress(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** Starts a step that has no measure. */
    public void say(String text) {
        done();
        err.println(text);
        err.flush();
    }

    /** Shows how far a step is; {@code total} 0 while unknown. */
    public void show(String label, long current, long total, String detail) {
        double share = total <= 0 ? 0 : Math.min(1, (double) current / total);
        long tenth = (long) (share * TENTHS);
        if (!terminal && label.equals(lastLabel) && tenth == lastTenth) {
            return;
        }
        lastLabel = label;
        lastTenth = tenth;
        int filled = (int) (share * WIDTH);
        String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
        String line =
                String.format(
                        Locale.ROOT, "  %-12s [%s] %3.0f %% %s", label, bar, 100 * share, detail);
        if (terminal) {
            err.print("\r\u001b[K" + line);
            open = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Ends the line being redrawn. */
    public void done() {
        if (open) {
            err.println();
            err.flush();
            open = false;
        }
        lastTenth = -1;
    }
}
