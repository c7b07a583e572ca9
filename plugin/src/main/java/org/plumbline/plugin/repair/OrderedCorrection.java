package org.plumbline.plugin.repair;

/**
 * A job on the worker. Immutable.
 *
 * @param name {@code corrections/ID}
 * @param requestId the caller's id
 * @param state lower-case state, such as {@code queued}
 */
public record OrderedCorrection(String name, String requestId, String state) {}
