package org.plumbline.worker.correction;

import org.plumbline.core.cav.Cav;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.worker.dataset.AuditDataset;

import java.util.OptionalInt;

/** Fits CAVs on the training rows of a data set. */
@SuppressWarnings("DoNotCallSuggester")
public final class ConceptFitter {
    private ConceptFitter() {}

    /**
     * Fits the {@code signal} CAV. With a target class only training rows of that label which the
     * model predicts as such are used (specification, phase B).
     */
    public static Cav fit(
            TappedModel model,
            AuditDataset data,
            ConceptId concept,
            OptionalInt targetClass,
            Pooling pooling) {
        throw new UnsupportedOperationException();
    }
}
