package org.plumbline.core.tap;

import ai.djl.Device;

import org.plumbline.core.model.LayerPath;

import java.nio.file.Path;

/**
 * What to tap and where. Immutable.
 *
 * @param layer the probe layer
 * @param workDirectory existing folder for the instrumented copy, removed on close
 * @param device where the module runs
 */
public record TapSpec(LayerPath layer, Path workDirectory, Device device) {}
