package org.plumbline.core.reference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.function.Executable;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.fairwashing.LinearTangents;
import org.plumbline.core.fairwashing.ReferencePoints;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.fairwashing.TangentSpace;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Nearest neighbours, singular values, projected vectors and projected explanations. */
final class TangentProjectionCase implements KnownCase {
    private static final int POINTS = 20;

    @Override
    public Map<String, Executable> checks(ReferenceCase reference, Path work) {
        Map<String, Executable> checks = new LinkedHashMap<>();
        for (String result : reference.resultNames()) {
            if (result.startsWith("explanation/")) {
                for (Path archive : reference.models()) {
                    checks.put(
                            result + " of " + archive.getFileName(),
                            () -> explanation(reference, result, archive, work));
                }
            } else {
                checks.put(result, () -> space(reference, result));
            }
        }
        return checks;
    }

    private static void space(ReferenceCase reference, String result) throws IOException {
        boolean fashion = result.startsWith("fmnist/");
        FloatTensor points = fashion ? fashionPoints(reference) : points(reference);
        ReferencePoints pool =
                fashion ? fashionPool() : ReferencePoints.of(reference.input("pool"));
        LinearTangents tangents = new LinearTangents(pool, settings(reference, result, fashion));
        Expected expected = reference.result(result);
        Optional<Long> klass = fashion ? Optional.of(fashionClass(reference)) : Optional.empty();
        if (result.endsWith("neighbours")) {
            long[] rows = new long[POINTS * neighbours(reference, fashion)];
            for (int i = 0; i < rows.length; i++) {
                int count = rows.length / POINTS;
                rows[i] = tangents.nearest(points, i / count, count, klass).rows()[i % count];
            }
            assertThat(toFloats(rows)).containsExactly(expected.array().values());
        } else if (result.endsWith("distances")) {
            expected.matches(distances(reference, tangents, points));
        } else if (result.endsWith("singular_values")) {
            expected.matches(singularValues(tangents, points, klass));
        } else {
            projected(reference, result, tangents, points, klass, expected);
        }
    }

    private static void projected(
            ReferenceCase reference,
            String result,
            LinearTangents tangents,
            FloatTensor points,
            Optional<Long> klass,
            Expected expected) {
        FloatTensor vector = reference.input("vector_" + points.rowSize());
        long[] classes = new long[points.rows()];
        Arrays.fill(classes, klass.orElse(0L));
        TangentBases bases =
                klass.isPresent() ? tangents.bases(points, classes) : tangents.bases(points);
        FloatTensor out = bases.project(repeated(vector, points));
        if (result.endsWith("norm")) {
            float[] norms = new float[points.rows()];
            for (int i = 0; i < norms.length; i++) {
                norms[i] = (float) out.row(i).norm();
            }
            expected.matches("", norms);
        } else {
            expected.matchesFirstRows(FloatTensor.of(out.values(), points.rows(), out.rowSize()));
        }
    }

    private static float[] distances(
            ReferenceCase reference, LinearTangents tangents, FloatTensor points) {
        int count = neighbours(reference, false);
        float[] all = new float[POINTS * count];
        for (int i = 0; i < all.length; i++) {
            all[i] =
                    (float)
                            tangents.nearest(points, i / count, count, Optional.empty())
                                    .distances()[i % count];
        }
        return all;
    }

    private static float[] singularValues(
            LinearTangents tangents, FloatTensor points, Optional<Long> klass) {
        int dimension = tangents.settings().dimension();
        float[] all = new float[points.rows() * dimension];
        for (int i = 0; i < points.rows(); i++) {
            TangentSpace space = tangents.at(points, i, klass);
            System.arraycopy(space.singularValues().toArray(), 0, all, i * dimension, dimension);
        }
        return all;
    }

    private static void explanation(
            ReferenceCase reference, String result, Path archive, Path work) {
        String what = result.substring(result.indexOf('/') + 1);
        FloatTensor points = points(reference);
        ExplanationMethod method =
                what.startsWith("lrp")
                        ? ExplanationMethod.LRP
                        : what.contains("xgrad")
                                ? ExplanationMethod.GRADIENT_INPUT
                                : ExplanationMethod.GRADIENT;
        ExplainSpec spec = ExplainSpec.of(work, Device.cpu(), ExplanationMethod.GRADIENT);
        if (method == ExplanationMethod.LRP) {
            spec =
                    ExplainSpec.of(work, Device.cpu(), method)
                            .with(LrpComposite.fairwasher(Box.between(0, 1)));
        }
        if (what.startsWith("softplus20")) {
            spec = spec.with(new ActivationSwap(20));
        }
        try (ExplainableModel model = ExplainableModel.load(archive, spec)) {
            ExplanationMethod raw =
                    method == ExplanationMethod.LRP ? method : ExplanationMethod.GRADIENT;
            FloatTensor relevance = model.explain(raw, points, -1).relevance();
            if (!what.endsWith("unprojected")) {
                LinearTangents tangents =
                        new LinearTangents(
                                ReferencePoints.of(reference.input("pool")),
                                settings(reference, result, false));
                relevance = tangents.bases(points).project(relevance);
            }
            if (method == ExplanationMethod.GRADIENT_INPUT) {
                relevance = times(relevance, points);
            }
            reference
                    .result(result)
                    .matchesFirstRows(HeatMaps.normalised(HeatMaps.absolute(relevance)));
        }
    }

    private static FloatTensor times(FloatTensor a, FloatTensor b) {
        float[] out = a.values().clone();
        for (int i = 0; i < out.length; i++) {
            out[i] *= b.values()[i];
        }
        return FloatTensor.of(out, a.shape());
    }

    private static TangentSettings settings(
            ReferenceCase reference, String result, boolean fashion) {
        TangentMode mode =
                result.contains("/strict/")
                        ? TangentMode.STRICT
                        : result.contains("/exists/") ? TangentMode.MEMBER : TangentMode.CENTRED;
        return new TangentSettings(
                neighbours(reference, fashion),
                reference.parameter(fashion ? "fmnist_d_singular" : "d_singular").asInt(),
                mode);
    }

    private static int neighbours(ReferenceCase reference, boolean fashion) {
        return reference.parameter(fashion ? "fmnist_neighbours" : "neighbours").asInt();
    }

    private static FloatTensor points(ReferenceCase reference) {
        return reference.input("points").slice(0, POINTS);
    }

    private static FloatTensor fashionPoints(ReferenceCase reference) throws IOException {
        long[] index = reference.wholeInput("fmnist/test_index");
        int[] rows = Arrays.stream(index).mapToInt(Math::toIntExact).toArray();
        return FashionImages.images(data(), "t10k").rows(rows);
    }

    private static ReferencePoints fashionPool() throws IOException {
        return ReferencePoints.byClass(
                FashionImages.images(data(), "train"), FashionImages.labels(data(), "train"));
    }

    private static long fashionClass(ReferenceCase reference) {
        return reference.parameter("fmnist_class").asLong();
    }

    private static Path data() {
        Path folder =
                Path.of(System.getProperty("plumbline.data", "/usr/share/datasets/fashion-mnist"));
        Assumptions.assumeTrue(Files.isDirectory(folder), "Fashion-MNIST is not installed");
        return folder;
    }

    private static FloatTensor repeated(FloatTensor vector, FloatTensor like) {
        float[] values = new float[like.values().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.values()[i % vector.values().length];
        }
        return FloatTensor.of(values, like.rows(), 1, 1, like.rowSize());
    }

    private static float[] toFloats(long[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values[i];
        }
        return floats;
    }
}
