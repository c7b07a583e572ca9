package org.plumbline.plugin.concept;

import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A concept as somebody sends it. Immutable; the body is not copied.
 *
 * @param cav how it is fitted; empty: as before, else the standard
 * @param pooling the same
 * @param seed the same
 * @param negatives concept whose negatives are taken; empty: the body has its own
 * @param body zip of images or npz
 */
@SuppressWarnings("ArrayRecordComponent") // bytes pass through once, nobody compares uploads
public record ConceptUpload(
        ConceptId name,
        Optional<CavKind> cav,
        Optional<Pooling> pooling,
        Optional<Long> seed,
        Optional<ConceptId> negatives,
        byte[] body) {
    private static final Set<String> KEYS =
            new TreeSet<>(Set.of("cav", "pooling", "seed", "negatives"));

    /**
     * Reads the parameters of a request.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming a parameter that is unknown or wrong
     */
    public static ConceptUpload of(ConceptId name, Map<String, String> parameters, byte[] body) {
        for (String key : parameters.keySet()) {
            if (!KEYS.contains(key)) {
                throw AuditException.of(
                        ErrorCode.INVALID_ARGUMENT, key, "unknown", "one of " + KEYS);
            }
        }
        return new ConceptUpload(
                name,
                Optional.ofNullable(parameters.get("cav")).map(CavKind::parse),
                Optional.ofNullable(parameters.get("pooling")).map(Pooling::ofChannels),
                Optional.ofNullable(parameters.get("seed")).map(ConceptUpload::seed),
                Optional.ofNullable(parameters.get("negatives")).map(ConceptId::new),
                body);
    }

    /** Returns how the concept is fitted where {@code before} is what holds without a word. */
    FitSettings settings(FitSettings before) {
        return new FitSettings(
                cav.orElse(before.cav()),
                pooling.orElse(before.pooling()),
                seed.orElse(before.seed()));
    }

    private static Long seed(String text) {
        if (!text.matches("\\d{1,18}")) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "seed", text, "a whole number from 0");
        }
        return Long.valueOf(text);
    }
}
