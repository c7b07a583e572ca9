package org.plumbline.core.torchscript;

import org.plumbline.core.torchscript.zip.ZipLimits;

/**
 * Bounds on what an archive may claim before it is loaded. Immutable.
 *
 * @param zip bounds on the zip file
 * @param codeFileBytes largest code file
 * @param codeBytes all code files together
 * @param pickleBytes largest pickle
 * @param tensorBytes all storages together, unpacked
 * @param classes most classes
 */
public record ArchiveLimits(
        ZipLimits zip,
        long codeFileBytes,
        long codeBytes,
        long pickleBytes,
        long tensorBytes,
        int classes) {
    /**
     * Bounds that fit every published image classifier: the largest of torchvision has 1.5 MB of
     * code and 0.2 MB of pickle.
     */
    public static final ArchiveLimits DEFAULT =
            new ArchiveLimits(ZipLimits.DEFAULT, 4L << 20, 16L << 20, 16L << 20, 4L << 30, 5_000);
}
