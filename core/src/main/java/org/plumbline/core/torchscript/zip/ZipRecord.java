package org.plumbline.core.torchscript.zip;

/**
 * One entry of a zip directory. Immutable.
 *
 * @param name full name, forward slashes
 * @param method 0 stored, 8 deflated
 * @param crc CRC-32 of the content
 * @param compressedSize bytes in the file
 * @param size bytes of the content
 * @param headerOffset where the local header begins
 * @param dataOffset where the compressed bytes begin
 */
public record ZipRecord(
        String name,
        int method,
        long crc,
        long compressedSize,
        long size,
        long headerOffset,
        long dataOffset) {
    /** Content as it is. */
    public static final int STORED = 0;

    /** Content compressed by deflate. */
    public static final int DEFLATED = 8;

    long dataEnd() {
        return dataOffset + compressedSize;
    }
}
