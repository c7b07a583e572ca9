package org.plumbline.cli.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import java.util.Optional;

/**
 * A model of a population and how it is made. Immutable; {@code name} is that of its file, and
 * {@code from} that of a member before it.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "make")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Member.Trained.class, name = "trained"),
    @JsonSubTypes.Type(value = Member.Tuned.class, name = "tuned"),
    @JsonSubTypes.Type(value = Member.Quantised.class, name = "quantised"),
    @JsonSubTypes.Type(value = Member.Noisy.class, name = "noisy"),
    @JsonSubTypes.Type(value = Member.Repaired.class, name = "repaired"),
    @JsonSubTypes.Type(value = Member.Attacked.class, name = "attacked")
})
sealed interface Member {
    /** Returns the name of its file, without ending. */
    String name();

    /** Returns the member it is made from, if any. */
    @JsonIgnore
    Optional<String> parent();

    /**
     * Drawn anew and trained by cross-entropy.
     *
     * @param network file name of an untrained archive
     * @param patched whether on images that hold an artifact
     */
    record Trained(String name, String network, long seed, int epochs, boolean patched)
            implements Member {
        @Override
        public Optional<String> parent() {
            return Optional.empty();
        }
    }

    /** Trained on, at a tenth of the rate. */
    record Tuned(String name, String from, long seed, int epochs) implements Member {
        @Override
        public Optional<String> parent() {
            return Optional.of(from);
        }
    }

    /** Every tensor rounded to {@code 2^bits - 1} levels, symmetric about 0. */
    record Quantised(String name, String from, int bits) implements Member {
        @Override
        public Optional<String> parent() {
            return Optional.of(from);
        }
    }

    /** Normal noise added, {@code share} of each tensor's standard deviation. */
    record Noisy(String name, String from, double share, long seed) implements Member {
        @Override
        public Optional<String> parent() {
            return Optional.of(from);
        }
    }

    /**
     * Corrected by RR-ClArC for the artifact.
     *
     * @param layer probe layer
     */
    record Repaired(String name, String from, String layer, long seed) implements Member {
        @Override
        public Optional<String> parent() {
            return Optional.of(from);
        }
    }

    /**
     * Explanations made to show a picture.
     *
     * @param defended whether the attack is on projected explanations
     */
    record Attacked(
            String name,
            String from,
            String method,
            TargetPicture target,
            boolean defended,
            long steps,
            double rate,
            long seed)
            implements Member {
        @Override
        public Optional<String> parent() {
            return Optional.of(from);
        }
    }
}
