package org.plumbline.worker.config;

import ai.djl.Device;
import ai.djl.engine.Engine;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

/** Where models run. */
public enum DeviceChoice {
    /** A GPU where one is present, else the CPU. */
    AUTO,
    /** Always the CPU. */
    CPU,
    /** Always a GPU; without one work is refused. */
    GPU;

    /**
     * Returns the device; loads the engine unless the CPU was asked for.
     *
     * @throws AuditException {@code UNAVAILABLE} if a GPU is asked for and none is present
     */
    public Device device() {
        if (this == CPU) {
            return Device.cpu();
        }
        if (Engine.getEngine("PyTorch").getGpuCount() > 0) {
            return Device.gpu();
        }
        if (this == GPU) {
            throw AuditException.of(
                    ErrorCode.UNAVAILABLE, "device", "gpu", "a machine with a GPU, or auto");
        }
        return Device.cpu();
    }
}
