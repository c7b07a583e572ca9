package org.plumbline.plugin.delivery;

import ai.djl.engine.Engine;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.plugin.concept.ConceptExamples;
import org.plumbline.plugin.concept.ConceptFitter;
import org.plumbline.plugin.concept.ConceptLibrary;
import org.plumbline.plugin.concept.FitJournal;
import org.plumbline.plugin.concept.FitRecord;
import org.plumbline.plugin.concept.LibraryConcept;
import org.plumbline.plugin.config.AuditConfig;
import org.plumbline.plugin.config.PluginVersion;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Fits the concepts of a library in versions of one model, and records every fit. Thread-safe. */
final class LibraryFits {
    private static final Logger LOG = LoggerFactory.getLogger(LibraryFits.class);

    private final ModelKey key;
    private final AuditConfig config;
    private final InstantSource clock;
    private final FitJournal journal;

    LibraryFits(AuditedModel.Parts parts) {
        key = parts.key();
        config = parts.config();
        clock = parts.clock();
        journal = FitJournal.open(parts.cache().fits());
    }

    /** Returns where fits are recorded. */
    FitJournal journal() {
        return journal;
    }

    /**
     * Fits all concepts.
     *
     * @param unfit takes the uploaded concepts that cannot be fitted, and why
     * @throws AuditException {@code BAD_DATA} if a configured concept cannot be fitted, or none can
     */
    List<ConceptFitter.Fitted> fit(
            TappedModel model, ConceptLibrary library, Map<ConceptId, String> unfit) {
        List<ConceptFitter.Fitted> fits = new ArrayList<>();
        for (LibraryConcept concept : library.concepts()) {
            try {
                fits.add(fit(model, concept, library.examples(concept)));
            } catch (AuditException e) {
                if (concept.upload().isEmpty()) {
                    throw e;
                }
                LOG.error("{}: not audited along an uploaded concept: {}", key, e.getMessage());
                unfit.put(concept.name(), String.valueOf(e.getMessage()));
            }
        }
        if (fits.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "concepts", unfit, "at least one that can be fitted");
        }
        return fits;
    }

    /**
     * Fits one concept.
     *
     * @throws AuditException {@code BAD_DATA} if it cannot be fitted
     */
    ConceptFitter.Fitted fit(TappedModel model, LibraryConcept concept, ConceptExamples examples) {
        Engine engine = Engine.getEngine("PyTorch");
        FitRecord.FittedIn in =
                new FitRecord.FittedIn(
                        model.digest(),
                        config.layer().value(),
                        PluginVersion.current(),
                        engine.getEngineName() + " " + engine.getVersion());
        ConceptFitter.Fitted fitted =
                new ConceptFitter(model, in, config.quality())
                        .fit(concept, examples, clock.instant());
        journal.add(fitted.concept().record());
        return fitted;
    }
}
