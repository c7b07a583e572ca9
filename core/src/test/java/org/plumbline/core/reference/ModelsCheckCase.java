package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.torchscript.Archive;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plain logits of an instrumented archive equal the exporter's. */
final class ModelsCheckCase implements KnownCase {
    private static final String LOGITS = "/logits";

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            if (result.endsWith(LOGITS)) {
                String model = result.substring(0, result.length() - LOGITS.length());
                String specific = model.replaceAll("[0-9]+$", "") + "_images";
                String input = reference.hasInput(specific) ? specific : "images";
                for (Path archive : reference.models("../models/" + model + ".*.pt")) {
                    checks.put(
                            archive.getFileName().toString(),
                            () -> check(reference, result, input, archive, work));
                }
            }
        }
        return checks;
    }

    private static void check(
            ReferenceCase reference, String result, String input, Path archive, Path work)
            throws Exception {
        List<String> layers;
        try (Archive opened = Archive.open(archive)) {
            layers =
                    new Instrumenter(opened)
                            .layers().stream()
                                    .filter(l -> l.obstacle().isEmpty())
                                    .map(LayerStatus::path)
                                    .toList();
        }
        LayerPath last = new LayerPath(layers.get(layers.size() - 1));
        try (TappedModel model = TappedModel.load(archive, new TapSpec(last, work, Device.cpu()))) {
            reference.result(result).matches(model.logits(reference.input(input), 8).values());
        }
    }
}
