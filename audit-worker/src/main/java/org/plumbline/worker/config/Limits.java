package org.plumbline.worker.config;

/**
 * What callers may use up. Immutable.
 *
 * @param uploadBytes largest upload, and largest data set once unpacked
 * @param freeDiskBytes disk space that uploads leave free
 * @param queue jobs that may wait
 */
public record Limits(long uploadBytes, long freeDiskBytes, int queue) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is out of range
     */
    public Limits {
        if (uploadBytes < 1 || freeDiskBytes < 0 || queue < 1) {
            throw new IllegalArgumentException(
                    "limits: "
                            + uploadBytes
                            + ", "
                            + freeDiskBytes
                            + ", "
                            + queue
                            + " (expected: positive)");
        }
    }

    /** Returns 4 GiB for uploads, 256 MiB left free, 64 waiting jobs. */
    public static Limits defaults() {
        return new Limits(4L << 30, 256L << 20, 64);
    }
}
