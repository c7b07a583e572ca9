package org.plumbline.plugin.fairwashing;

import org.plumbline.plugin.metrics.WatchPhase;
import org.plumbline.plugin.metrics.WindowOutcome;

import java.util.Map;
import java.util.Optional;

/**
 * A watch at one moment. Immutable.
 *
 * @param reason why it does nothing, or why a window failed or was given up since the last one that
 *     was judged; may be empty
 * @param collected inputs of the window being filled
 * @param window inputs it takes
 * @param unfit audited requests whose inputs had another shape or type, while it was filled
 * @param progress share of the window that has been examined, in [0, 1]
 * @param suspect after hysteresis; empty before the first window
 * @param last the last window that was judged
 * @param windows of the version by outcome
 * @param seconds processor time since the version serves, in seconds of one core
 * @param budget share of one core
 */
public record WatchState(
        WatchPhase phase,
        String reason,
        int collected,
        int window,
        long unfit,
        double progress,
        Optional<Boolean> suspect,
        Optional<ExaminedWindow> last,
        Map<WindowOutcome, Long> windows,
        double seconds,
        double budget) {
    /** Copies the counts. */
    public WatchState {
        windows = Map.copyOf(windows);
    }
}
