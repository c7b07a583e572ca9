package org.plumbline.plugin.config;

import org.plumbline.core.cav.QualityBounds;

/** Reads {@code cav-quality}: below what a CAV raises no alerts. */
final class QualityReader {
    private QualityReader() {}

    static QualityBounds read(Section section) {
        QualityBounds standard = QualityBounds.STANDARD;
        QualityBounds bounds =
                new QualityBounds(
                        section.number("auc", 0, 1, standard.heldOutAuc()),
                        standard.chanceDeviations(),
                        section.number("stability", -1, 1, standard.stability()),
                        standard.resamples(),
                        standard.mostRows(),
                        standard.seed());
        section.refuseUnknown();
        return bounds;
    }
}
