package org.plumbline.core.reference;

import ai.djl.Device;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.CaptumTcav;
import org.plumbline.core.sensitivity.SensitivityMap;
import org.plumbline.core.tap.TapSpec;
import org.plumbline.core.tap.TappedModel;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sign counts and magnitudes for a concept and its counterpart, at whole activations. */
final class CaptumTcavCase implements KnownCase {
    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            List<String> parts = List.of(result.split("/", -1)); // layer[/cav]/class_k[/what]
            if (!result.endsWith("/cav_weights")) {
                for (Path archive : reference.models()) {
                    checks.put(
                            result + " of " + archive.getFileName(),
                            () -> check(reference, result, parts, archive, work));
                }
            }
        }
        return checks;
    }

    private static void check(
            ReferenceCase reference, String result, List<String> parts, Path archive, Path work) {
        boolean channels = parts.get(1).startsWith("rrclarc_");
        String target = parts.get(channels ? 2 : 1);
        int k = Integer.parseInt(target.substring("class_".length()));
        TapSpec spec = new TapSpec(new LayerPath(parts.get(0)), work, Device.cpu());
        FloatTensor gradient;
        try (TappedModel model = TappedModel.load(archive, spec)) {
            gradient = model.read(reference.input("images"), k).gradient();
        }
        Expected expected = reference.result(result);
        if (result.endsWith("/per_sample")) {
            FloatTensor maps = SensitivityMap.of(gradient, channelCav(reference, parts.get(1)));
            float[] actual = new float[maps.rows()];
            for (int i = 0; i < actual.length; i++) {
                actual[i] = (float) CaptumTcav.derivative(maps, i);
            }
            expected.matches(actual);
            return;
        }
        for (int concept = 0; concept < 2; concept++) {
            FloatTensor maps =
                    channels
                            ? SensitivityMap.of(
                                    gradient, signed(channelCav(reference, parts.get(1)), concept))
                            : SensitivityMap.of(
                                    Pooling.NONE.pool(gradient),
                                    reference
                                            .result(parts.get(0) + "/cav_weights")
                                            .array()
                                            .row(concept));
            CaptumTcav tcav = CaptumTcav.of(maps);
            expected.matches("sign_count", concept, tcav.signCount());
            expected.matches("magnitude", concept, tcav.magnitude());
        }
    }

    private static DenseVector channelCav(ReferenceCase reference, String name) {
        return DenseVector.copyOf(reference.input(name + "_cav").values());
    }

    private static DenseVector signed(DenseVector cav, int concept) {
        float[] values = cav.toArray();
        for (int j = 0; j < values.length; j++) {
            values[j] = concept == 0 ? values[j] : -values[j];
        }
        return DenseVector.copyOf(values);
    }
}
