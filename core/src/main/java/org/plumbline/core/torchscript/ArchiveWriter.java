package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.zip.ZipRecord;
import org.plumbline.core.torchscript.zip.ZipRewriter;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Writes archives made from another one; unchanged entries are copied undecoded. Thread-safe. */
public final class ArchiveWriter {
    private ArchiveWriter() {}

    /**
     * Writes a copy with some entries replaced, added or left out; {@code out} appears only when
     * complete, and replaces a file that is there.
     *
     * @param entries new contents by name below the root folder
     * @param kept which entries of the original to copy, by name below the root folder
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written; nothing is left
     */
    public static void write(
            Archive archive, Map<String, byte[]> entries, Predicate<String> kept, Path out) {
        Path partial = out.resolveSibling(out.getFileName() + ".partial");
        try {
            try {
                Files.deleteIfExists(partial);
                writeEntries(archive, entries, kept, partial);
                move(partial, out);
            } finally {
                Files.deleteIfExists(partial);
            }
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, out + ": cannot be written: " + e, e);
        }
    }

    private static void writeEntries(
            Archive archive, Map<String, byte[]> entries, Predicate<String> kept, Path out)
            throws IOException {
        Map<String, byte[]> added = new LinkedHashMap<>(entries);
        try (ZipRewriter zip = ZipRewriter.create(out)) {
            for (ZipRecord record : archive.zip().records()) {
                String name = record.name().substring(archive.root().length());
                byte[] replaced = added.remove(name);
                if (replaced != null && record.method() != ZipRecord.STORED && isText(name)) {
                    zip.addDeflated(record.name(), replaced);
                } else if (replaced != null) {
                    zip.add(record.name(), replaced);
                } else if (kept.test(name)) {
                    zip.copy(archive.zip(), record, record.name());
                }
            }
            for (Map.Entry<String, byte[]> entry : added.entrySet()) {
                zip.add(archive.root() + entry.getKey(), entry.getValue());
            }
            zip.finish();
        }
    }

    /** Code and pickles stay deflated where they were; tensors are read faster as they are. */
    private static boolean isText(String name) {
        return name.endsWith(".py") || name.endsWith(".pkl");
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
