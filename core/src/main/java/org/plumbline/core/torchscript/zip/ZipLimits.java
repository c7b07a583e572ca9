package org.plumbline.core.torchscript.zip;

/**
 * Bounds on what a zip file may claim. Immutable.
 *
 * @param entries most entries
 * @param fileBytes largest file
 */
public record ZipLimits(int entries, long fileBytes) {
    /** Bounds that fit every published image classifier. */
    public static final ZipLimits DEFAULT = new ZipLimits(50_000, 0xffff_ffffL);
}
