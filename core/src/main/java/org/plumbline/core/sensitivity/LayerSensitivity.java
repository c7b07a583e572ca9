package org.plumbline.core.sensitivity;

import org.plumbline.core.tap.AuditForm;
import org.plumbline.core.tap.CavBank;
import org.plumbline.core.tap.Sensitivities;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.util.List;

/** Sensitivities of a loaded model, by gradient where there is one, else by differences. */
public final class LayerSensitivity {
    private LayerSensitivity() {}

    /**
     * Returns the sensitivities of a batch. The form is {@link TappedModel#settle settled} on the
     * model beforehand.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param target class whose logit is differentiated; negative: the class of the largest logit
     * @param cav unit vector {@code [d]}
     * @return {@code [n, h, w]} as {@link SensitivityMap}; {@code [n, 1, 1]} by finite differences,
     *     which see all locations as one: the mean over them
     * @throws IllegalArgumentException if the layer has other channels
     */
    public static FloatTensor of(
            TappedModel model, FloatTensor inputs, int target, DenseVector cav) {
        if (model.form() != AuditForm.FINITE_DIFFERENCES) {
            return SensitivityMap.of(model.read(inputs, target).gradient(), cav);
        }
        try (CavBank bank = model.bank(List.of(cav))) {
            Sensitivities read = model.sensitivities(inputs, bank, target);
            FloatTensor map = FloatTensor.zeros(read.samples(), 1, 1);
            for (int i = 0; i < read.samples(); i++) {
                map.values()[i] = read.mean(i, 0);
            }
            return map;
        }
    }
}
