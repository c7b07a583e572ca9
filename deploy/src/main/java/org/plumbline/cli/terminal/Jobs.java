package org.plumbline.cli.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionState;

import java.util.Locale;

/** Corrections of a worker as results of commands. Thread-safe. */
public final class Jobs {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().alwaysPrintFieldsWithNoPresence();

    private Jobs() {}

    /** Returns a message by the field names of the proto files. */
    public static ObjectNode json(MessageOrBuilder message) {
        try {
            return (ObjectNode) MAPPER.readTree(PRINTER.print(message));
        } catch (InvalidProtocolBufferException | JsonProcessingException e) {
            throw new IllegalStateException("a message is always JSON", e);
        }
    }

    /** Returns a state as people write it: {@code queued}, {@code running}, ... */
    public static String state(Correction job) {
        return job.getState().name().replace("CORRECTION_STATE_", "").toLowerCase(Locale.ROOT);
    }

    /** Returns whether a job will not change any more. */
    public static boolean ended(Correction job) {
        return switch (job.getState()) {
            case CORRECTION_STATE_SUCCEEDED,
                    CORRECTION_STATE_REJECTED,
                    CORRECTION_STATE_FAILED,
                    CORRECTION_STATE_CANCELLED ->
                    true;
            case CORRECTION_STATE_QUEUED,
                    CORRECTION_STATE_RUNNING,
                    CORRECTION_STATE_UNSPECIFIED,
                    UNRECOGNIZED ->
                    false;
        };
    }

    /** Returns the exit code that tells how a job stands. */
    public static int exitCode(Correction job) {
        return job.getState() == CorrectionState.CORRECTION_STATE_SUCCEEDED || !ended(job)
                ? ExitCode.DONE
                : ExitCode.CHECK_FAILED;
    }
}
