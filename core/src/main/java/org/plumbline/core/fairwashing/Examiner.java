package org.plumbline.core.fairwashing;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.explain.TangentBases;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.Attribution;
import org.plumbline.core.tap.ExplainSpec;
import org.plumbline.core.tap.ExplainableModel;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tap.IntegratedGradients.Form;
import org.plumbline.core.tap.Quadrature;
import org.plumbline.core.tensor.FloatTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Explains inputs by several methods and removes regions. Borrows the model; thread-safe. */
public final class Examiner {
    /** Random regions drawn for each input unless told otherwise. */
    public static final int DRAWS = 20;

    private static final int BATCH = 64;
    private static final IntegratedGradients PATH =
            new IntegratedGradients(16, Quadrature.GAUSS_LEGENDRE, Form.STANDARD, Optional.empty());

    private final ExplainableModel model;
    private final Set<ExplanationMethod> methods;
    private final NeighbourFill fill;
    private final long seed;

    private Examiner(
            ExplainableModel model, Set<ExplanationMethod> methods, NeighbourFill fill, long seed) {
        this.model = model;
        this.methods = new TreeSet<>(methods);
        this.fill = fill;
        this.seed = seed;
    }

    /**
     * Prepares examinations.
     *
     * @param model loaded for the gradient and the methods
     * @param methods what is explained by, at least one
     * @param clean inputs {@code [m, c, h, w]} whose pixels replace removed ones
     */
    public static Examiner of(
            ExplainableModel model, Set<ExplanationMethod> methods, FloatTensor clean, long seed) {
        FloatTensor answers = model.logits(clean);
        long[] classes = new long[clean.rows()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = answers.largest(i);
        }
        return of(model, methods, new NeighbourFill(clean, classes), seed);
    }

    /**
     * Prepares examinations with a fill whose classes are the model's own.
     *
     * @param model loaded for the gradient and the methods
     * @param methods what is explained by, at least one
     */
    public static Examiner of(
            ExplainableModel model, Set<ExplanationMethod> methods, NeighbourFill fill, long seed) {
        return new Examiner(model, methods, fill, seed);
    }

    /**
     * Returns a specification with the parameters that the margins were measured with. LRP is that
     * of the published attack: zB for the pixels, z+ behind. Flat first layers, which zennit's
     * composites have, would give fully connected networks the same map for every input.
     *
     * @param spec of what {@link ExaminationStandard#loaded} says
     * @param clean inputs; pixels are taken to lie between ImageNet's bounds, or theirs if wider
     */
    public static ExplainSpec spec(ExplainSpec spec, FloatTensor clean) {
        float low = Box.IMAGENET_EXTREMES.low().at(0);
        float high = Box.IMAGENET_EXTREMES.high().at(0);
        for (float pixel : clean.values()) {
            low = Math.min(low, pixel);
            high = Math.max(high, pixel);
        }
        return spec.with(PATH)
                .withBatch(BATCH)
                .with(LrpComposite.fairwasher(Box.between(low, high)));
    }

    /**
     * Explains the predicted class of every input.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param bases tangent spaces at them
     */
    public Examination examine(FloatTensor inputs, TangentBases bases) {
        return examine(inputs, bases, ExaminationListener.none());
    }

    /**
     * As {@link #examine(FloatTensor, TangentBases)}.
     *
     * @param listener hears every step and may end the examination at the next batch
     * @throws AuditException {@code CANCELLED} when the listener said so
     */
    public Examination examine(
            FloatTensor inputs, TangentBases bases, ExaminationListener listener) {
        return examine(inputs, 0, bases, listener);
    }

    /**
     * Explains a part of the inputs; {@link Examination#joined} puts the parts together.
     *
     * @param inputs {@code [n, c, h, w]}
     * @param first number of the first one among all inputs
     * @param bases tangent spaces at them
     */
    public Examination examine(FloatTensor inputs, int first, TangentBases bases) {
        return examine(inputs, first, bases, ExaminationListener.none());
    }

    private Examination examine(
            FloatTensor inputs, int first, TangentBases bases, ExaminationListener listener) {
        Map<ExplanationMethod, FloatTensor> maps = new EnumMap<>(ExplanationMethod.class);
        Map<ExplanationMethod, FloatTensor> projected = new EnumMap<>(ExplanationMethod.class);
        FloatTensor logits = model.logits(inputs);
        long[] classes = new long[inputs.rows()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = logits.largest(i);
        }
        int steps = methods.size() + 1;
        for (ExplanationMethod method : methods) {
            listener.onStep(method.label(), maps.size() + 1, steps);
            FloatTensor relevance = relevance(method, inputs, classes, listener);
            maps.put(method, map(method, relevance, inputs));
            projected.put(method, map(method, bases.project(relevance), inputs));
        }
        listener.onStep(Detector.REMOVAL.label(), steps, steps);
        return new Examination(
                fill.size(),
                logits,
                maps,
                projected,
                removed(inputs, first, maps, classes, listener));
    }

    /** Explains batch by batch, so that a listener can end it in between. */
    private FloatTensor relevance(
            ExplanationMethod method,
            FloatTensor inputs,
            long[] classes,
            ExaminationListener listener) {
        List<FloatTensor> batches = new ArrayList<>();
        for (int from = 0; from < inputs.rows(); from += BATCH) {
            requireWanted(listener);
            int to = Math.min(inputs.rows(), from + BATCH);
            Attribution found =
                    model.explain(
                            beforeTangent(method),
                            inputs.slice(from, to),
                            Arrays.copyOfRange(classes, from, to));
            batches.add(found.relevance());
        }
        return FloatTensor.concat(batches);
    }

    private static void requireWanted(ExaminationListener listener) {
        if (listener.cancelled()) {
            throw new AuditException(ErrorCode.CANCELLED, "examination: cancelled by the caller");
        }
    }

    private Map<ExplanationMethod, double[]> removed(
            FloatTensor inputs,
            int first,
            Map<ExplanationMethod, FloatTensor> maps,
            long[] classes,
            ExaminationListener listener) {
        RegionRemoval removal =
                new RegionRemoval(
                        images -> {
                            requireWanted(listener);
                            return model.logits(images);
                        },
                        DRAWS,
                        seed);
        List<ExplanationMethod> order = new ArrayList<>(maps.keySet());
        double[][] shares =
                removal.of(inputs, first, order.stream().map(maps::get).toList(), classes, fill);
        Map<ExplanationMethod, double[]> byMethod = new EnumMap<>(ExplanationMethod.class);
        for (int i = 0; i < shares.length; i++) {
            byMethod.put(order.get(i), shares[i]);
        }
        return byMethod;
    }

    /** Returns the method to run: gradients are projected before they meet the input. */
    private static ExplanationMethod beforeTangent(ExplanationMethod method) {
        return method == ExplanationMethod.GRADIENT_INPUT ? ExplanationMethod.GRADIENT : method;
    }

    private static FloatTensor map(
            ExplanationMethod method, FloatTensor relevance, FloatTensor inputs) {
        FloatTensor weighted = relevance;
        if (method == ExplanationMethod.GRADIENT_INPUT) {
            float[] products = relevance.values().clone();
            for (int i = 0; i < products.length; i++) {
                products[i] *= inputs.values()[i];
            }
            weighted = FloatTensor.of(products, relevance.shape());
        }
        return HeatMaps.normalised(HeatMaps.absolute(weighted));
    }
}
