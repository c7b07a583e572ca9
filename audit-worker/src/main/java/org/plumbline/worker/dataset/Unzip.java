package org.plumbline.worker.dataset;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.config.Problems;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Unpacks zips of strangers: every name stays inside the folder, sizes are capped. */
final class Unzip {
    private static final int MOST_ENTRIES = 1_000_000;
    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private final long limit;
    private long written;

    private Unzip(Path folder, long limit) {
        this.folder = folder.normalize();
        this.limit = limit;
    }

    /**
     * Unpacks a zip; a single folder at its top is left out.
     *
     * @param limit bytes the unpacked files may take, whatever the zip claims
     * @throws AuditException {@code BAD_DATA} for a broken zip or names that leave the folder,
     *     {@code RESOURCE_EXHAUSTED} beyond the limits or when the disk is full
     */
    static Path unpack(Path zip, Path folder, long limit) {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            new Unzip(folder, limit).unpack(file);
            return root(folder);
        } catch (ZipException | IllegalArgumentException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, "dataset: " + e.getMessage() + " (expected: a zip)", e);
        } catch (IOException e) {
            throw Disk.failure("dataset", e);
        }
    }

    private void unpack(ZipFile file) throws IOException {
        if (file.size() > MOST_ENTRIES) {
            throw AuditException.of(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "dataset",
                    file.size() + " files",
                    "at most " + MOST_ENTRIES);
        }
        checkNames(file);
        for (Enumeration<? extends ZipEntry> e = file.entries(); e.hasMoreElements(); ) {
            ZipEntry entry = e.nextElement();
            Path target = folder.resolve(entry.getName()).normalize();
            if (entry.isDirectory()) {
                Files.createDirectories(target);
            } else {
                Path parent = target.getParent();
                Files.createDirectories(parent == null ? folder : parent);
                copy(file, entry, target);
            }
        }
    }

    private void checkNames(ZipFile file) {
        Problems problems = new Problems();
        for (Enumeration<? extends ZipEntry> e = file.entries(); e.hasMoreElements(); ) {
            String name = e.nextElement().getName();
            if (!inside(name)) {
                problems.add("dataset", name, "a path inside the zip");
            }
        }
        problems.throwIfAny(ErrorCode.BAD_DATA);
    }

    private boolean inside(String name) {
        try {
            return !name.startsWith("/")
                    && !name.contains("\\")
                    && folder.resolve(name).normalize().startsWith(folder);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private void copy(ZipFile file, ZipEntry entry, Path target) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = file.getInputStream(entry);
                OutputStream out = Files.newOutputStream(target)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                written += n;
                if (written > limit) {
                    throw AuditException.of(
                            ErrorCode.RESOURCE_EXHAUSTED,
                            "dataset",
                            "more than " + limit + " bytes unpacked",
                            "at most " + limit);
                }
                out.write(buffer, 0, n);
            }
        }
    }

    /** Zips made of a folder, not of its files, hold everything one level down. */
    private static Path root(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            var top = files.toList();
            return top.size() == 1 && Files.isDirectory(top.get(0)) ? top.get(0) : folder;
        }
    }
}
