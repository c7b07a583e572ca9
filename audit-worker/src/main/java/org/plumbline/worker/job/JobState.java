package org.plumbline.worker.job;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.Nulls;

import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.fairwashing.AttackOutcome;

import java.util.List;
import java.util.Optional;

/** Where a job is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JobState.Queued.class, name = "queued"),
    @JsonSubTypes.Type(value = JobState.Running.class, name = "running"),
    @JsonSubTypes.Type(value = JobState.Succeeded.class, name = "succeeded"),
    @JsonSubTypes.Type(value = JobState.Rejected.class, name = "rejected"),
    @JsonSubTypes.Type(value = JobState.Manipulated.class, name = "manipulated"),
    @JsonSubTypes.Type(value = JobState.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = JobState.Cancelled.class, name = "cancelled")
})
public sealed interface JobState {
    /** Every {@link #label}, in the order of a job's life. */
    List<String> LABELS =
            List.of("queued", "running", "succeeded", "rejected", "failed", "cancelled");

    /** Returns the name in metrics and files. */
    String label();

    /** Returns whether nothing will change any more. */
    default boolean terminal() {
        return true;
    }

    /** Returns how the run deviates from what was asked for, one line each. */
    default List<String> warnings() {
        return outcome().map(RepairOutcome::warnings).orElse(List.of());
    }

    /** Returns what came out, if the job got that far. */
    default Optional<RepairOutcome> outcome() {
        return Optional.empty();
    }

    /** Returns what can be downloaded, if the job got that far. */
    default Optional<Checkpoint> checkpoint() {
        return outcome().map(RepairOutcome::checkpoint);
    }

    /** Waits for its turn. */
    record Queued() implements JobState {
        @Override
        public String label() {
            return "queued";
        }

        @Override
        public boolean terminal() {
            return false;
        }
    }

    /**
     * Under way.
     *
     * @param before numbers of the original, once measured
     * @param warnings so far
     */
    record Running(
            RepairProgress progress,
            Optional<EvaluationReport> before,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> warnings)
            implements JobState {
        /** Copies the warnings. */
        public Running {
            warnings = List.copyOf(warnings);
        }

        @Override
        public List<String> warnings() {
            return warnings;
        }

        @Override
        public String label() {
            return "running";
        }

        @Override
        public boolean terminal() {
            return false;
        }
    }

    /** Accepted by the gate, or not held against it. */
    record Succeeded(RepairOutcome result) implements JobState {
        @Override
        public String label() {
            return "succeeded";
        }

        @Override
        public Optional<RepairOutcome> outcome() {
            return Optional.of(result);
        }
    }

    /** Refused by the gate; kept for download, never delivered. */
    record Rejected(RepairOutcome result) implements JobState {
        @Override
        public String label() {
            return "rejected";
        }

        @Override
        public Optional<RepairOutcome> outcome() {
            return Optional.of(result);
        }
    }

    /**
     * Attacked as asked for; told as {@code succeeded}, kept for download, never delivered: nothing
     * that hands checkpoints to servers knows this state.
     *
     * @param download the manipulated archive
     * @param warnings how the run deviated from what was asked for, one line each
     */
    record Manipulated(
            AttackOutcome attack,
            Checkpoint download,
            @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> warnings)
            implements JobState {
        /** Copies the warnings. */
        public Manipulated {
            warnings = List.copyOf(warnings);
        }

        @Override
        public String label() {
            return "succeeded";
        }

        @Override
        public List<String> warnings() {
            return warnings;
        }

        @Override
        public Optional<Checkpoint> checkpoint() {
            return Optional.of(download);
        }
    }

    /**
     * Ended by an error.
     *
     * @param error one line
     */
    record Failed(String error) implements JobState {
        @Override
        public String label() {
            return "failed";
        }
    }

    /** Ended by the caller. */
    record Cancelled() implements JobState {
        @Override
        public String label() {
            return "cancelled";
        }
    }
}
