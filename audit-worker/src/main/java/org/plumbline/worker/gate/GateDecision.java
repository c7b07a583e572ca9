package org.plumbline.worker.gate;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

import java.util.List;

/** Whether a repaired model may replace the original. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "decision")
@JsonSubTypes({
    @JsonSubTypes.Type(value = GateDecision.Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = GateDecision.Rejected.class, name = "rejected")
})
public sealed interface GateDecision {
    /** Returns every rule, in the order of checking. */
    List<GateRule> rules();

    /** Returns whether every rule passed. */
    boolean accepted();

    /** Returns the decision that rules amount to. */
    static GateDecision of(List<GateRule> rules) {
        return rules.stream().allMatch(GateRule::passed)
                ? new Accepted(rules)
                : new Rejected(rules);
    }

    /** Every rule passed. Immutable. */
    record Accepted(List<GateRule> rules) implements GateDecision {
        /** Copies the rules. */
        public Accepted {
            rules = List.copyOf(rules);
        }

        @Override
        public boolean accepted() {
            return true;
        }
    }

    /** At least one rule failed. Immutable. */
    record Rejected(List<GateRule> rules) implements GateDecision {
        /** Copies the rules. */
        public Rejected {
            rules = List.copyOf(rules);
        }

        @Override
        public boolean accepted() {
            return false;
        }

        /** Returns the descriptions of the rules that failed. */
        public List<String> reasons() {
            return rules.stream().filter(r -> !r.passed()).map(GateRule::description).toList();
        }
    }
}
