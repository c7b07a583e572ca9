package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.model.ExplanationMethod;

import java.util.List;

class VerdictLatchTest {
    private static final double LEVEL = 0.01;
    private static final Signal SIGNAL = new Signal(Detector.REMOVAL, ExplanationMethod.GRADIENT);

    @Test
    void asManyWindowsInARowAsAskedForChangeTheState() {
        VerdictLatch latch = new VerdictLatch(3, 5, new VerdictLatch.State(false, 0));
        assertThat(updates(latch, 0.001, 0.001, 0.5, 0.001, 0.001)).isFalse();
        assertThat(updates(latch, 0.01)).isTrue();
        assertThat(updates(latch, 0.06, 0.06, 0.04, 0.06, 0.06)).isTrue();
        assertThat(updates(latch, 1)).isFalse();
    }

    @Test
    void itGoesOnFromWhatItRemembered() {
        VerdictLatch first = new VerdictLatch();
        updates(first, 0.001);
        assertThat(first.state()).isEqualTo(new VerdictLatch.State(false, 1));
        VerdictLatch second =
                new VerdictLatch(VerdictLatch.WINDOWS, VerdictLatch.RELEASE, first.state());
        assertThat(updates(second, 0.001)).isTrue();
        assertThat(second.state()).isEqualTo(new VerdictLatch.State(true, 0));
    }

    @Test
    void rangesAreChecked() {
        VerdictLatch.State clean = new VerdictLatch.State(false, 0);
        assertThatThrownBy(() -> new VerdictLatch(0, 10, clean)).hasMessageContaining("0, 10.0");
        assertThatThrownBy(() -> new VerdictLatch(2, Double.NaN, clean))
                .hasMessageContaining("hysteresis");
        assertThatThrownBy(() -> new VerdictLatch.State(true, -1))
                .hasMessage("towards: -1 (expected: >= 0)");
    }

    private static boolean updates(VerdictLatch latch, double... pValues) {
        for (double p : pValues) {
            latch.update(
                    new FairwashingVerdict(List.of(new Tested(SIGNAL, 1, 0, 1, p, p, 20)), LEVEL));
        }
        return latch.suspect();
    }
}
