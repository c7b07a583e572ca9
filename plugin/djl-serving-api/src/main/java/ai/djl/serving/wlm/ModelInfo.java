package ai.djl.serving.wlm;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Properties;

/** Signature only: a model being registered. */
// bodies are never run; the type parameters are those of the real class
@SuppressWarnings({"DoNotCallSuggester", "UnusedTypeParameter"})
public final class ModelInfo<I, O> {
    private ModelInfo() {}

    /** Returns the served name. */
    public String getId() {
        throw new UnsupportedOperationException("signature only");
    }

    /** Returns the version, if the server was given one. */
    public @Nullable String getVersion() {
        throw new UnsupportedOperationException("signature only");
    }

    /** Returns the engine's name. */
    public @Nullable String getEngineName() {
        throw new UnsupportedOperationException("signature only");
    }

    /** Returns {@code serving.properties}, still changeable while the model is configured. */
    public Properties getProperties() {
        throw new UnsupportedOperationException("signature only");
    }

    /** Returns the model folder. */
    public Path getModelDir() {
        throw new UnsupportedOperationException("signature only");
    }
}
