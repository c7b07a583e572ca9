package org.plumbline.worker.job;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.TangentMode;
import org.plumbline.core.fairwashing.TangentSettings;
import org.plumbline.core.instrument.relevance.ActivationSwap;
import org.plumbline.core.instrument.relevance.LrpComposite;
import org.plumbline.core.instrument.relevance.LrpRule.Box;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tap.IntegratedGradients;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.correction.Parameters;
import org.plumbline.worker.fairwashing.AttackSettings;
import org.plumbline.worker.fairwashing.AttackTarget;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An attack on explanations as a caller asked for it, by texts. Immutable.
 *
 * @param target {@code [h, w]}, sums to 1
 * @param neighbours rows that span a tangent space
 * @param dimension directions of a tangent space
 * @param rows test rows to measure on
 */
public record AttackRecipe(
        FloatTensor target, AttackSettings settings, int neighbours, int dimension, int rows) {
    /** Name of the method. */
    public static final String METHOD = "fairwash";

    /** Parameter that holds the target, a picture or {@code .npy} map in base 64. */
    public static final String TARGET = "target";

    private static final String PUBLISHED = "published";

    /**
     * Reads parameters; all but {@link #TARGET} have a default.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming every unknown or ill-valued parameter
     *     at once; {@code BAD_DATA} if the target is no picture and no map
     */
    public static AttackRecipe of(Map<String, String> given) {
        Map<String, String> rest = new HashMap<>(given);
        String target = Optional.ofNullable(rest.remove(TARGET)).orElse("");
        Parameters parameters = new Parameters(rest);
        AttackSettings settings = settings(parameters);
        int neighbours = parameters.whole("neighbours", 32, 2, 10_000);
        int dimension = parameters.whole("dimension", 16, 1, Math.max(1, neighbours - 1));
        boolean tangent = parameters.flag("tangent", false);
        int rows = parameters.whole("rows", 10_000, 1, Integer.MAX_VALUE);
        parameters.done(METHOD);
        TangentSettings known = new TangentSettings(neighbours, dimension, TangentMode.MEMBER);
        return new AttackRecipe(
                target(target),
                tangent ? settings.knowing(known) : settings,
                neighbours,
                dimension,
                rows);
    }

    private static AttackSettings settings(Parameters parameters) {
        ExplanationMethod method =
                parameters.parsed("explanation", "gradient", AttackRecipe::explanation);
        int epochs = parameters.whole("epochs", 100, 1, 100_000);
        int batch = parameters.whole("batch_size", 128, 1, 65_536);
        double rate = parameters.real("learning_rate", 5e-5, v -> v > 0 && v < 1e6, "> 0");
        List<Long> milestones = parameters.wholes("milestones", List.of());
        int steps = parameters.whole("steps", 0, 0, Integer.MAX_VALUE);
        long seed = parameters.seed();
        AttackSettings published =
                AttackSettings.published(
                        method,
                        steps == 0
                                ? AttackSettings.training(epochs, batch, rate, milestones, seed)
                                : AttackSettings.annealed(steps, batch, rate, seed));
        double alpha = parameters.real("alpha", 0.8, v -> v >= 0 && v <= 1, "in [0, 1]");
        IntegratedGradients.Form form =
                parameters.choice(
                        "form", IntegratedGradients.Form.LEGACY, IntegratedGradients.Form.class);
        AttackSettings settings = published.withAlpha(alpha).with(path(form));
        Optional<LrpComposite> rules = parameters.parsed("bounds", PUBLISHED, text -> bounds(text));
        Optional<ActivationSwap> softplus =
                parameters.parsed("softplus", PUBLISHED, text -> softplus(text));
        settings = rules.isPresent() ? settings.with(rules.get()) : settings;
        return softplus.isPresent() ? settings.with(softplus.get()) : settings;
    }

    private static ExplanationMethod explanation(String label) {
        try {
            return ExplanationMethod.of(label);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("explanation, " + e.getMessage(), e);
        }
    }

    private static IntegratedGradients path(IntegratedGradients.Form form) {
        IntegratedGradients legacy = IntegratedGradients.LEGACY;
        return new IntegratedGradients(legacy.steps(), legacy.quadrature(), form, Optional.empty());
    }

    private static Optional<LrpComposite> bounds(String text) {
        if (text.equals(PUBLISHED)) {
            return Optional.empty();
        }
        String[] parts = text.split(",", -1);
        try {
            Box box = Box.between(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
            if (parts.length == 2) {
                return Optional.of(LrpComposite.fairwasher(box));
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // reported below
        }
        throw new IllegalArgumentException(
                "bounds: " + text + " (expected: published, or LOW,HIGH with LOW <= HIGH)");
    }

    private static Optional<ActivationSwap> softplus(String text) {
        if (text.equals(PUBLISHED)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ActivationSwap(Double.parseDouble(text)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "softplus: " + text + " (expected: published, or a sharpness above 0)", e);
        }
    }

    private static FloatTensor target(String base64) {
        if (base64.isEmpty()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    TARGET,
                    "missing",
                    "a picture or a map [h,w], .npy");
        }
        try {
            return AttackTarget.read(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw AuditException.of(ErrorCode.INVALID_ARGUMENT, TARGET, "no base 64", "base 64");
        }
    }
}
