package org.plumbline.core.error;

/** Why something failed; decides the gRPC status, the HTTP status and the {@code error} tag. */
public enum ErrorCode {
    /** A value the caller gave is out of range or of the wrong form. */
    INVALID_ARGUMENT,
    /** An archive is corrupt, hostile or not TorchScript. */
    BAD_ARCHIVE,
    /** A data set or array file breaks a rule. */
    BAD_DATA,
    /** The layer exists but cannot be tapped, or does not exist. */
    LAYER_NOT_TAPPABLE,
    /** Something named does not exist. */
    NOT_FOUND,
    /** Something named exists already with other contents. */
    ALREADY_EXISTS,
    /** The state of things forbids the call now. */
    FAILED_PRECONDITION,
    /** Disk, memory or a configured limit is used up. */
    RESOURCE_EXHAUSTED,
    /** A worker, device or data source cannot be reached. */
    UNAVAILABLE,
    /** The caller asked to stop. */
    CANCELLED,
    /** A defect of ours. */
    INTERNAL
}
