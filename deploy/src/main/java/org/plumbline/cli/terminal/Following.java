package org.plumbline.cli.terminal;

import org.plumbline.proto.v1.Correction;

import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Shows a correction's progress, one bar per phase. Confined to one thread. */
public final class Following implements Consumer<Correction> {
    private final Progress progress;
    private String last = "";
    private int warned;

    /** Makes a listener that draws on {@code progress}. */
    public Following(Progress progress) {
        this.progress = progress;
    }

    @Override
    public void accept(Correction job) {
        var state = job.getProgress();
        String label = state.getPhase().isEmpty() ? Jobs.state(job) : state.getPhase();
        if (!label.equals(last)) {
            progress.done();
            last = label;
        }
        for (int i = warned; i < job.getWarningsCount(); i++) {
            progress.say("warning: " + job.getWarnings(i));
        }
        warned = job.getWarningsCount();
        progress.show(label, state.getStep(), state.getSteps(), detail(job));
        if (Jobs.ended(job)) {
            progress.done();
        }
    }

    private static String detail(Correction job) {
        var state = job.getProgress();
        StringBuilder detail = new StringBuilder();
        if (state.getEpochs() > 0) {
            detail.append("epoch ").append(state.getEpoch()).append('/').append(state.getEpochs());
        }
        state.getMetricsMap().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(
                        m ->
                                detail.append(
                                        String.format(
                                                Locale.ROOT,
                                                " %s %.4g",
                                                m.getKey(),
                                                m.getValue())));
        if (state.hasEtaSeconds()) {
            detail.append(String.format(Locale.ROOT, " %.0f s left", state.getEtaSeconds()));
        }
        return detail.toString();
    }
}
