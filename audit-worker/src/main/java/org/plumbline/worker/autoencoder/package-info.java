/**
 * Auto-encoders of one class of images each, whose decoders span tangent spaces of the data
 * manifold. Uses training.
 *
 * <p>Source: Anders et al., "Fairwashing Explanations with Off-Manifold Detergent", ICML 2020,
 * section 4.1; {@code fairwashing/fairwashing} (4ce9fa4), {@code projectors/autoencoder.py}.
 */
@NullMarked
package org.plumbline.worker.autoencoder;

import org.jspecify.annotations.NullMarked;
