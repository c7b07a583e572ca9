package org.plumbline.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;

class ProgressTest {
    private final StringWriter text = new StringWriter();

    @Test
    void offATerminalEachTenthIsOneLine() {
        Progress progress = new Progress(new PrintWriter(text), false);
        for (int i = 0; i <= 100; i++) {
            progress.show("train", i, 100, "");
        }
        progress.done();
        assertThat(text.toString().lines()).hasSize(11).noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void onATerminalOneLineIsRedrawn() {
        Progress progress = new Progress(new PrintWriter(text), true);
        progress.show("train", 1, 2, "half");
        progress.show("train", 2, 2, "all");
        progress.say("next");
        assertThat(text.toString().split("\n")).hasSize(2); // a carriage return redraws
        assertThat(text.toString()).contains("\r", "100 %", "next");
    }

    @Test
    void anUnknownTotalIsShownAsNothingDone() {
        new Progress(new PrintWriter(text), false).show("queued", 5, 0, "");
        assertThat(text.toString()).contains("0 %");
    }
}
