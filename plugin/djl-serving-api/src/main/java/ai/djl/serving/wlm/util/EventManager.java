package ai.djl.serving.wlm.util;

/** Signature only: where listeners register. */
@SuppressWarnings("DoNotCallSuggester") // bodies are never run
public final class EventManager {
    private EventManager() {}

    /** Returns the one manager of the server. */
    public static EventManager getInstance() {
        throw new UnsupportedOperationException("signature only");
    }

    /** Adds a listener, called after those added before. */
    public void addListener(ModelServerListener listener) {
        throw new UnsupportedOperationException("signature only");
    }
}
