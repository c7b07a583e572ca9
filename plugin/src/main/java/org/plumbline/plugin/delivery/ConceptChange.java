package org.plumbline.plugin.delivery;

/** What became of an upload. */
public enum ConceptChange {
    /** A concept of that name is new. */
    ADDED,
    /** Other examples or settings hold for a concept known before. */
    REPLACED,
    /** The same was there already; nothing was fitted again. */
    UNCHANGED
}
