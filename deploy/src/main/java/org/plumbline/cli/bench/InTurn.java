package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Lap;

/**
 * Steps of ours and the same steps of the engine alone, in turn, in blocks long enough for the
 * clock of processor time. Confined to one thread.
 */
final class InTurn {
    private static final int WARM_UP = 2;

    private final int blocks;
    private final int steps;
    private final Series ours = new Series();
    private final Series engine = new Series();
    private double ourProcessor;
    private double engineProcessor;

    /**
     * Measures so many blocks of so many steps of each kind.
     *
     * @param blocks beside those that warm up
     */
    InTurn(int blocks, int steps) {
        this.blocks = blocks;
        this.steps = steps;
    }

    void run(Runnable ourStep, Runnable engineStep) {
        for (int block = -WARM_UP; block < blocks; block++) {
            boolean counts = block >= 0;
            double mine = block(ourStep, counts ? ours : new Series());
            double theirs = block(engineStep, counts ? engine : new Series());
            ourProcessor += counts ? mine : 0;
            engineProcessor += counts ? theirs : 0;
        }
    }

    /** Returns the seconds of processor time. */
    private double block(Runnable step, Series times) {
        return Lap.of(
                        () -> {
                            for (int i = 0; i < steps; i++) {
                                times.add(Lap.of(step).seconds());
                            }
                        })
                .processorSeconds();
    }

    /** Adds medians on the clock, means of processor time and their ratios. */
    ObjectNode describe(ObjectNode node) {
        int measured = blocks * steps;
        return node.put("steps", measured)
                .put("step_ms", 1e3 * ours.median())
                .put("engine_step_ms", 1e3 * engine.median())
                .put("steps_per_second", 1 / ours.median())
                .put("engine_steps_per_second", 1 / engine.median())
                .put("overhead_ratio", ours.median() / engine.median() - 1)
                .put("step_processor_ms", 1e3 * ourProcessor / measured)
                .put("engine_step_processor_ms", 1e3 * engineProcessor / measured)
                .put("processor_overhead_ratio", ourProcessor / engineProcessor - 1);
    }
}
