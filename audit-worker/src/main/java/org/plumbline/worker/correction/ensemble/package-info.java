/**
 * Parts of learning from failure, DisEnt and BiasEnsemble: losses, tables of difficulties, biased
 * detectors and what they mined. Uses training.
 */
@NullMarked
package org.plumbline.worker.correction.ensemble;

import org.jspecify.annotations.NullMarked;
