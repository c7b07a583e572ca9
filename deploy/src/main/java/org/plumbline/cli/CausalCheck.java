package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.tap.Effects;
import org.plumbline.core.tap.Intervention;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.window.EffectSample;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.core.window.EffectSnapshot;
import org.plumbline.core.window.EffectTally;
import org.plumbline.core.window.MeanBounds;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What removing and adding a concept does to the logits, beside what the gradient foretells.
 * Confined to one thread.
 */
final class CausalCheck {
    static final String REMOVE = "remove";
    static final String ADD = "add";
    private static final double ERROR = 0.01; // probability that a verdict is ever wrong

    private final List<Change> changes;
    private final List<List<EffectSample>> samples = new ArrayList<>(); // by sample, by change

    /**
     * A change that is made.
     *
     * @param name {@code remove} or {@code add}
     */
    record Change(String name, Intervention intervention) {
        /** Returns whether the concept's use is judged by this one. */
        boolean judged() {
            return name.equals(REMOVE) && intervention.strength() == 1;
        }
    }

    CausalCheck(List<Change> changes) {
        this.changes = List.copyOf(changes);
    }

    /** Returns what the model has to run. */
    List<Intervention> interventions() {
        return changes.stream().map(Change::intervention).toList();
    }

    /**
     * Adds a batch.
     *
     * @param maps sensitivities {@code [n, h, w]} of the same samples
     */
    void add(Effects effects, FloatTensor maps) {
        for (int i = 0; i < effects.samples(); i++) {
            List<EffectSample> sample = new ArrayList<>();
            double mean = mean(maps, i);
            for (int j = 0; j < effects.interventions(); j++) {
                sample.add(new EffectSample(effects.change(i, j), mean * effects.reach(i, j)));
            }
            samples.add(sample);
        }
    }

    private static double mean(FloatTensor maps, int row) {
        double sum = 0;
        for (float value : maps.row(row).toArray()) {
            sum += value;
        }
        return sum / maps.rowSize();
    }

    /** Puts the effects and the verdicts of every class. */
    void describe(ObjectNode node, List<ClassRows> classes) {
        ArrayNode effects = node.putArray("effects");
        for (ClassRows rows : classes) {
            for (int j = 0; j < changes.size(); j++) {
                effect(effects.addObject().put("class", rows.label()), rows.places(), j);
            }
        }
        ArrayNode uses = node.putArray("use");
        int judged =
                IntStream.range(0, changes.size())
                        .filter(j -> changes.get(j).judged())
                        .findFirst()
                        .orElseThrow();
        for (ClassRows rows : classes) {
            verdict(uses.addObject().put("class", rows.label()), rows.places(), judged);
        }
    }

    private void effect(ObjectNode row, int[] places, int j) {
        double mean = 0;
        double squares = 0;
        double foretold = 0;
        for (int k = 0; k < places.length; k++) {
            EffectSample sample = samples.get(places[k]).get(j);
            double away = sample.change() - mean;
            mean += away / (k + 1);
            squares += away * away * k / (k + 1);
            foretold += sample.linear() / places.length;
        }
        int n = places.length;
        row.put("intervention", changes.get(j).name())
                .put("strength", changes.get(j).intervention().strength())
                .put("level", changes.get(j).intervention().level())
                .put("change", mean)
                .put("standard_error", n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n))
                .put("foretold", foretold);
    }

    private void verdict(ObjectNode row, int[] places, int j) {
        EffectTally tally = new EffectTally(EffectSettings.standard(ERROR));
        int notFinite = 0;
        for (int place : places) {
            EffectSample sample = samples.get(place).get(j);
            if (sample.isFinite()) {
                tally.add(sample);
            } else {
                notFinite++;
            }
        }
        EffectSnapshot now = tally.snapshot();
        row.put("use", now.use().label());
        bounds(row, "change", now.changeBounds());
        bounds(row, "foretold", now.linearBounds());
        row.put("not_finite", notFinite);
    }

    private static void bounds(ObjectNode row, String name, MeanBounds bounds) {
        row.put(name + "_lower", bounds.lower()).put(name + "_upper", bounds.upper());
    }
}
