package org.plumbline.plugin.config;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.ConceptId;

import java.nio.file.Path;

/**
 * A concept and where its examples lie. Immutable.
 *
 * @param name the concept
 * @param positives folder of PNG or JPEG images, or {@code .npy} file of model inputs {@code [n, c,
 *     h, w]}, that show the concept
 * @param negatives the same without the concept
 * @param cav how the CAV is estimated
 * @param pooling how activations are reduced over locations before the CAV is fitted
 */
public record ConceptSpec(
        ConceptId name, Path positives, Path negatives, CavKind cav, Pooling pooling) {}
