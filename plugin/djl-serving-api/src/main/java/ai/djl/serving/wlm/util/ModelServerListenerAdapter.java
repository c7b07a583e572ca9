package ai.djl.serving.wlm.util;

import ai.djl.Device;
import ai.djl.serving.wlm.ModelInfo;

/** Signature only: a listener that ignores everything; the methods we override. */
public abstract class ModelServerListenerAdapter implements ModelServerListener {
    /** Engine known, properties read, not yet copied. */
    public void onModelConfigured(ModelInfo<?, ?> model) {}

    /** About to be loaded, on the calling thread. */
    public void onModelLoading(ModelInfo<?, ?> model, Device device) {}

    /** Loaded; not called after a failure. */
    public void onModelLoaded(ModelInfo<?, ?> model) {}
}
