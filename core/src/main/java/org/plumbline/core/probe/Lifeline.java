package org.plumbline.core.probe;

import java.io.IOException;
import java.io.OutputStream;

/** Ends a child whose parent is gone: its standard input, never written to, closes. Thread-safe. */
final class Lifeline {
    private static final int ORPHANED = 70;

    private Lifeline() {}

    static void watch() {
        Thread thread = new Thread(Lifeline::hold, "lifeline");
        thread.setDaemon(true);
        thread.start();
    }

    private static void hold() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            Runtime.getRuntime().halt(ORPHANED);
        }
        Runtime.getRuntime().halt(ORPHANED);
    }
}
