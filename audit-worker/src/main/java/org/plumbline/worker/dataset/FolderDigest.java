package org.plumbline.worker.dataset;

import org.plumbline.core.model.Digest;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** SHA-256 over every file of a folder: path, length, bytes, in path order. Thread-safe. */
final class FolderDigest {
    private static final int BUFFER = 1 << 16;

    private FolderDigest() {}

    /** Returns the digest over names, sizes and contents of the files in some folders. */
    static Digest of(List<Path> folders) throws IOException {
        MessageDigest digest = Digest.sha256();
        for (Path folder : folders) {
            add(folder, digest);
        }
        return Digest.from(digest.digest());
    }

    private static void add(Path folder, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (var entry : files(folder).entrySet()) {
            digest.update((entry.getKey() + '\0').getBytes(StandardCharsets.UTF_8));
            digest.update(
                    ByteBuffer.allocate(Long.BYTES).putLong(Files.size(entry.getValue())).array());
            try (InputStream in = Files.newInputStream(entry.getValue())) {
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digest.update(buffer, 0, n);
                }
            }
        }
    }

    private static SortedMap<String, Path> files(Path folder) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> regular =
                    walk.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)).toList();
            for (Path file : regular) {
                files.put(
                        folder.relativize(file).toString().replace(File.separatorChar, '/'), file);
            }
        }
        return files;
    }
}
