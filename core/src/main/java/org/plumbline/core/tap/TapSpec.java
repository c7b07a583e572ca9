package org.plumbline.core.tap;

import ai.djl.Device;

import org.plumbline.core.model.LayerPath;
import org.plumbline.core.model.OutputSelector;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What to tap and where. Immutable.
 *
 * @param layer the probe layer: a module, or an operation in the forward of one
 * @param output where the logits are, for models that return more; empty: the first Tensor, or the
 *     only entry of a dictionary
 * @param workDirectory existing folder for the instrumented copy, removed on close
 * @param device where the module runs
 */
public record TapSpec(
        LayerPath layer, Optional<OutputSelector> output, Path workDirectory, Device device) {
    /** Makes one for models that return the logits, or have them first. */
    public TapSpec(LayerPath layer, Path workDirectory, Device device) {
        this(layer, Optional.empty(), workDirectory, device);
    }
}
