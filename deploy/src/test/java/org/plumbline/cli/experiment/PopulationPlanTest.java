package org.plumbline.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.cli.experiment.PopulationPlan.Standard;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class PopulationPlanTest {
    private static final String HEAD =
            "{training: 1, test: 1, requests: {part: train, from: 0, count: 1},"
                    + " clean: {part: train, from: 1, count: 1}, models: [";

    @TempDir private Path folder = Path.of("");

    private static List<Member.Attacked> attacked(PopulationPlan plan) {
        return plan.models().stream()
                .filter(Member.Attacked.class::isInstance)
                .map(Member.Attacked.class::cast)
                .toList();
    }

    @Test
    void twentyHonestAndTwentyAttackedModelsAreEvaluatedByEveryMethod() {
        PopulationPlan plan = PopulationPlan.of(Standard.EVALUATION);
        List<Member.Attacked> attacked = attacked(plan);
        assertThat(attacked).hasSizeGreaterThanOrEqualTo(20);
        assertThat(plan.models().size() - attacked.size()).isGreaterThanOrEqualTo(20);
        assertThat(attacked)
                .extracting(Member.Attacked::method)
                .contains("gradient", "gradient-input", "integrated-gradients", "lrp");
        assertThat(attacked).extracting(Member.Attacked::defended).contains(true, false);
    }

    @Test
    void calibrationAndEvaluationShareNoSeedTargetOrImage() {
        PopulationPlan evaluation = PopulationPlan.of(Standard.EVALUATION);
        PopulationPlan calibration = PopulationPlan.of(Standard.CALIBRATION);
        assertThat(seeds(evaluation)).doesNotContainAnyElementsOf(seeds(calibration));
        Set<TargetPicture> targets = new HashSet<>();
        attacked(evaluation).forEach(a -> targets.add(a.target()));
        assertThat(attacked(calibration))
                .extracting(Member.Attacked::target)
                .doesNotContainAnyElementsOf(targets);
        assertThat(evaluation.requests().part()).isNotEqualTo(calibration.requests().part());
        assertThat(calibration.requests().from())
                .isGreaterThanOrEqualTo(
                        Math.max(calibration.training(), calibration.clean().from()));
        assertThat(evaluation.clean().from() + evaluation.clean().count())
                .isLessThanOrEqualTo(calibration.clean().from());
    }

    private static Set<Long> seeds(PopulationPlan plan) {
        Set<Long> seeds = new HashSet<>();
        for (Member member : plan.models()) {
            if (member instanceof Member.Trained m) {
                seeds.add(m.seed());
            } else if (member instanceof Member.Attacked m) {
                seeds.add(m.seed());
            }
        }
        return seeds;
    }

    @Test
    void aParentComesFirst() throws Exception {
        assertThatThrownBy(() -> read("{make: quantised, name: a, from: b, bits: 8}"))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("made from a member before it");
    }

    @Test
    void whatIsNoMemberIsNamed() {
        assertThatThrownBy(() -> read("{make: melted, name: a}"))
                .isInstanceOf(AuditException.class)
                .hasMessageStartingWith("plan: ")
                .hasMessageContaining("melted");
    }

    private PopulationPlan read(String member) throws Exception {
        return PopulationPlan.read(
                Files.writeString(folder.resolve("plan.yaml"), HEAD + member + "]}"));
    }

    @ParameterizedTest
    @EnumSource(TargetPicture.class)
    void targetsLeaveRoomAndSumToOne(TargetPicture target) {
        FloatTensor map = target.map(28, 28);
        double sum = 0;
        int inked = 0;
        for (float value : map.values()) {
            sum += value;
            inked += value > 0 ? 1 : 0;
        }
        assertThat(sum).isBetween(1 - 1e-5, 1 + 1e-5);
        assertThat(inked).isBetween(100, 300);
    }
}
