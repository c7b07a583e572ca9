package org.plumbline.cli.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which models a population has, and on which images of Fashion-MNIST they are made and examined.
 * Immutable.
 *
 * @param training images trained on, the first ones
 * @param test test images that accuracy and attacks are measured on, the first ones
 * @param requests images that models explain
 * @param clean images that tangent spaces, fills and twins come from
 * @param models made in this order
 */
public record PopulationPlan(
        int training, int test, Images requests, Images clean, List<Member> models) {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** Populations that come with the program. */
    public enum Standard {
        /** What detection is measured on. */
        EVALUATION,
        /**
         * What margins and statistics are chosen on; shares no model, seed, target or explained
         * image with it.
         */
        CALIBRATION
    }

    /**
     * Images of a file.
     *
     * @param part {@code train} or {@code t10k}
     */
    record Images(String part, int from, int count) {}

    /** Copies the list and checks the names. */
    public PopulationPlan {
        models = List.copyOf(models);
        Set<String> known = new HashSet<>();
        for (Member member : models) {
            boolean follows = member.parent().map(known::contains).orElse(true);
            if (!follows || !known.add(member.name())) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA,
                        "plan",
                        member,
                        "a name of its own, made from a member before it");
            }
        }
    }

    /** Reads a population that comes with the program. */
    public static PopulationPlan of(Standard standard) {
        String file = "population-" + standard.name().toLowerCase(Locale.ROOT) + ".yaml";
        try (InputStream in = PopulationPlan.class.getResourceAsStream(file)) {
            return YAML.readValue(in, PopulationPlan.class);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.UNAVAILABLE, file + ": " + e, e);
        }
    }

    /**
     * Reads a file of the same form.
     *
     * @throws AuditException {@code BAD_DATA} if it is none
     */
    public static PopulationPlan read(Path file) {
        try {
            return YAML.readValue(Files.readAllBytes(file), PopulationPlan.class);
        } catch (JsonProcessingException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, "plan: " + file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_DATA, "plan: " + e, e);
        }
    }
}
