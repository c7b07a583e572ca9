package org.plumbline.cli;

import org.plumbline.core.tap.CavBank;
import org.plumbline.core.tap.InterventionBank;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.Optional;

/**
 * Directions and interventions on the model's device, for what is asked for beside the scores.
 * Confined to one thread.
 */
final class TcavBanks implements AutoCloseable {
    private final TappedModel model;
    private final Optional<Significance> significance;
    private final Optional<CausalCheck> check;
    private final Optional<CavBank> directions;
    private final Optional<InterventionBank> interventions;

    private TcavBanks(
            TappedModel model,
            Optional<Significance> significance,
            Optional<CausalCheck> check,
            Optional<CavBank> directions,
            Optional<InterventionBank> interventions) {
        this.model = model;
        this.significance = significance;
        this.check = check;
        this.directions = directions;
        this.interventions = interventions;
    }

    static TcavBanks of(
            TappedModel model,
            DenseVector cav,
            Optional<Significance> significance,
            Optional<CausalCheck> check) {
        return new TcavBanks(
                model,
                significance,
                check,
                significance.map(pool -> model.bank(pool.directions(cav))),
                check.map(changes -> model.interventions(changes.interventions())));
    }

    /**
     * Runs a batch of one class.
     *
     * @param maps its sensitivities {@code [n, h, w]}
     */
    void run(FloatTensor batch, int target, FloatTensor maps) {
        directions.ifPresent(
                bank -> significance.orElseThrow().add(model.sensitivities(batch, bank, target)));
        interventions.ifPresent(
                bank -> check.orElseThrow().add(model.effects(batch, bank, target), maps));
    }

    @Override
    public void close() {
        interventions.ifPresent(InterventionBank::close);
        directions.ifPresent(CavBank::close);
    }
}
