package org.plumbline.plugin.http;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.window.EffectSnapshot;

/** What removing a concept did, as JSON. */
final class EffectJson {
    private EffectJson() {}

    static void write(ObjectNode node, EffectSnapshot effect) {
        node.put("use", effect.use().label())
                .put("samples_total", effect.samples())
                .put("removed", effect.change())
                .put("removed_clipped", effect.clippedChange())
                .put("removed_lower", effect.changeBounds().lower())
                .put("removed_upper", effect.changeBounds().upper())
                .put("foretold_clipped", effect.clippedLinear())
                .put("foretold_lower", effect.linearBounds().lower())
                .put("foretold_upper", effect.linearBounds().upper());
    }
}
