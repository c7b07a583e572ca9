package org.plumbline.plugin.intercept;

import org.plumbline.core.tap.Effects;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tap.InterventionBank;
import org.plumbline.core.tap.PendingAudit;
import org.plumbline.core.tap.TappedModel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes concepts in a share of the audits, up to {@value #PART} concepts at a time and all in
 * turn: with one audit in 16, an audit runs on average at most one more pass behind the layer for
 * its rows. Audits are drawn by number, whatever they show. Thread-safe.
 */
final class Removals implements AutoCloseable {
    static final int PART = 16;
    private static final int WARM_UPS = 3; // the engine compiles a method on its first calls

    private static final double NUMBERS = 1L << 53; // that mixed() gives, from 0

    private final List<InterventionBank> parts;
    private final double rate;
    private final AtomicLong audits = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();

    private Removals(List<InterventionBank> parts, double rate) {
        this.parts = List.copyOf(parts);
        this.rate = rate;
    }

    /**
     * Makes them for a model.
     *
     * @param removals one per concept, in the order of the bank; at least one
     * @param rate share of the audits, in (0, 1]
     */
    static Removals of(TappedModel model, List<Intervention> removals, double rate) {
        List<InterventionBank> parts = new ArrayList<>();
        for (int from = 0; from < removals.size(); from += PART) {
            int to = Math.min(removals.size(), from + PART);
            parts.add(model.interventions(removals.subList(from, to)));
        }
        return new Removals(parts, rate);
    }

    /** Returns whether concepts are removed in the next audit. */
    boolean draw() {
        long number = audits.getAndIncrement();
        return number < WARM_UPS || mixed(number) < rate * NUMBERS;
    }

    /** Removes the concepts whose turn it is. */
    List<EffectReading> read(PendingAudit pending, int target) {
        int part = Math.floorMod(turns.getAndIncrement(), parts.size());
        InterventionBank bank = parts.get(part);
        Effects effects = pending.effects(bank, target);
        List<EffectReading> readings = new ArrayList<>();
        for (int i = 0; i < effects.samples(); i++) {
            for (int j = 0; j < effects.interventions(); j++) {
                readings.add(
                        new EffectReading(
                                i, part * PART + j, effects.change(i, j), effects.reach(i, j)));
            }
        }
        return readings;
    }

    /** SplitMix64: independent of periods in the traffic. */
    private static long mixed(long number) {
        long z = number * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 11;
    }

    @Override
    public void close() {
        parts.forEach(InterventionBank::close);
    }
}
