package org.plumbline.plugin.intercept;

import org.plumbline.core.model.Digest;

import java.util.Optional;

/**
 * Which archive answers under which name: the labels of every metric. Immutable.
 *
 * @param model served name
 * @param version the server's version where there is one, and the short digest served
 */
public record ServedId(String model, String version) {
    /** Returns the identity of an archive served under a model's key. */
    public static ServedId of(ModelKey key, Digest digest) {
        return new ServedId(
                key.name(), key.serverVersion().map(v -> v + "-").orElse("") + digest.brief());
    }

    /**
     * What the server calls a model. Immutable.
     *
     * @param name served name
     * @param serverVersion the server's own version of it
     */
    public record ModelKey(String name, Optional<String> serverVersion) {
        @Override
        public String toString() {
            return name + serverVersion.map(v -> ":" + v).orElse("");
        }
    }
}
