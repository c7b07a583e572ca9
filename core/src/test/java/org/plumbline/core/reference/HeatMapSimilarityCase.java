package org.plumbline.core.reference;

import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.fairwashing.MapSimilarity;
import org.plumbline.core.fairwashing.MapSimilarity.Similarity;
import org.plumbline.core.fairwashing.TargetMap;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;

/** Likeness of heat maps, one by one and by batch, and the target read from a picture. */
final class HeatMapSimilarityCase implements KnownCase {
    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            checks.put(result, () -> check(reference, result));
        }
        return checks;
    }

    private static void check(ReferenceCase reference, String result) throws IOException {
        Expected expected = reference.result(result);
        FloatTensor target =
                TargetMap.of(ImageIO.read(reference.folder().resolve("target.png").toFile()));
        if (result.equals("target")) {
            expected.matches(target.values());
            return;
        }
        FloatTensor a = reference.input("heatmap_a");
        FloatTensor b =
                result.startsWith("a_vs_b") ? reference.input("heatmap_b") : repeated(target, a);
        if (result.equals("hm_loss")) {
            expected.matches(MapSimilarity.summedError(a, repeated(target, a)));
        } else if (result.endsWith("batch")) {
            Similarity all = MapSimilarity.batch(a, b);
            expected.matches("mse", all.mse());
            expected.matches("pcc", all.pcc());
            expected.matches("ssim", all.ssim());
        } else {
            expected.matches("mse", each(a, b, Similarity::mse));
            expected.matches("pcc", each(a, b, Similarity::pcc));
            expected.matches("ssim", each(a, b, Similarity::ssim));
        }
    }

    private static double[] each(
            FloatTensor a, FloatTensor b, ToDoubleFunction<Similarity> number) {
        return IntStream.range(0, a.rows())
                .mapToDouble(i -> number.applyAsDouble(MapSimilarity.single(a, b, i)))
                .toArray();
    }

    private static FloatTensor repeated(FloatTensor map, FloatTensor like) {
        float[] values = new float[like.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = map.values()[i % map.values().length];
        }
        return FloatTensor.of(values, like.shape());
    }
}
