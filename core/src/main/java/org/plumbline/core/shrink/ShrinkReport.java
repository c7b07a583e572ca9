package org.plumbline.core.shrink;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.instrument.channel.ShrinkPlan.LayerChange;

import java.util.TreeMap;

/** What shrinking came to, as JSON. */
public final class ShrinkReport {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ShrinkReport() {}

    /** Returns sizes, every layer, and what was left with the reason. */
    public static ObjectNode of(Shrinking shrinking) {
        ObjectNode result = JSON.createObjectNode();
        result.put("shrunk", shrinking.isShrunk());
        shrinking.obstacle().ifPresent(obstacle -> result.put("obstacle", obstacle));
        shrinking.check().ifPresent(check -> put(result, check));
        shrinking.before().ifPresent(size -> put(result.putObject("before"), size));
        shrinking.after().ifPresent(size -> put(result.putObject("after"), size));
        ArrayNode layers = result.putArray("layers");
        shrinking.layers().forEach(layer -> put(layers.addObject(), layer));
        ArrayNode left = result.putArray("left");
        new TreeMap<>(shrinking.left())
                .forEach((layer, why) -> left.addObject().put("layer", layer).put("reason", why));
        return result;
    }

    private static void put(ObjectNode node, LogitComparison check) {
        node.put("samples", check.samples())
                .put("largest_difference", check.largest())
                .put("tolerance", LogitComparison.TOLERANCE);
    }

    /** Returns how answers were compared. */
    public static ObjectNode of(LogitComparison check) {
        ObjectNode node = JSON.createObjectNode();
        put(node, check);
        return node;
    }

    private static void put(ObjectNode node, ModelSize size) {
        node.put("parameters", size.parameters())
                .put("bytes", size.bytes())
                .put("flops", size.operations());
    }

    private static void put(ObjectNode node, LayerChange layer) {
        node.put("layer", layer.path())
                .put("outputs", layer.outputs())
                .put("kept_outputs", layer.keptOutputs())
                .put("inputs", layer.inputs())
                .put("kept_inputs", layer.keptInputs())
                .put("constant_left", layer.constantLeft())
                .put("reason", layer.reason().orElse(""));
    }
}
