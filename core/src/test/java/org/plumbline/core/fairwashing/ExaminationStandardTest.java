package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.core.model.ExplanationMethod;

import java.util.Set;

/** Committed margins and null files in use were measured so: a change makes them wrong. */
class ExaminationStandardTest {
    @Test
    void examinationsStayAsTheNullsWereMeasured() {
        assertThat(ExaminationStandard.SEED).isEqualTo(1);
        assertThat(ExaminationStandard.FEWEST_CLEAN).isEqualTo(100);
        assertThat(ExaminationStandard.NEIGHBOURS).isEqualTo(32);
        assertThat(ExaminationStandard.DIMENSION).isEqualTo(16);
        assertThat(Examiner.DRAWS).isEqualTo(20);
    }

    @Test
    void oneMethodBringsThoseThatCostLittleAndNoneMeansAll() {
        assertThat(ExaminationStandard.withCompanions(Set.of(ExplanationMethod.GRADIENT)))
                .isEqualTo(ExaminationStandard.gradients())
                .hasSize(3);
        assertThat(ExaminationStandard.withCompanions(Set.of(ExplanationMethod.LRP)))
                .containsExactlyInAnyOrder(ExplanationMethod.values());
        assertThat(ExaminationStandard.withCompanions(Set.of()))
                .containsExactlyInAnyOrder(ExplanationMethod.values());
    }

    @Test
    void theGradientIsAlwaysLoaded() {
        assertThat(ExaminationStandard.loaded(Set.of(ExplanationMethod.LRP)))
                .containsExactlyInAnyOrder(ExplanationMethod.GRADIENT, ExplanationMethod.LRP);
    }
}
