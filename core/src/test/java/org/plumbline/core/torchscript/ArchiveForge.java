package org.plumbline.core.torchscript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Takes a good archive apart and puts altered ones together. Confined to one test. */
public final class ArchiveForge {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private boolean deflated;

    public static ArchiveForge of(Path archive) throws IOException {
        ArchiveForge forge = new ArchiveForge();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> all = zip.entries();
            while (all.hasMoreElements()) {
                ZipEntry entry = all.nextElement();
                try (InputStream in = zip.getInputStream(entry)) {
                    forge.entries.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return forge;
    }

    /** Returns the full name of the entry that ends so. */
    public String name(String suffix) {
        return entries.keySet().stream()
                .filter(n -> n.endsWith(suffix))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no entry " + suffix));
    }

    public byte[] content(String suffix) {
        return entries.getOrDefault(name(suffix), new byte[0]);
    }

    public ArchiveForge put(String suffix, byte[] content) {
        entries.put(name(suffix), content);
        return this;
    }

    public ArchiveForge add(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    public ArchiveForge remove(String suffix) {
        entries.remove(name(suffix));
        return this;
    }

    public ArchiveForge replaceText(String suffix, String from, String to) {
        String text = new String(content(suffix), StandardCharsets.UTF_8);
        if (!text.contains(from)) {
            throw new AssertionError(suffix + " has no " + from);
        }
        return put(suffix, text.replace(from, to).getBytes(StandardCharsets.UTF_8));
    }

    /** Replaces the first occurrence of some bytes by as many others. */
    public ArchiveForge replaceBytes(String suffix, byte[] from, byte[] to) {
        byte[] content = content(suffix).clone();
        for (int i = 0; i + from.length <= content.length; i++) {
            if (Arrays.equals(content, i, i + from.length, from, 0, from.length)) {
                System.arraycopy(to, 0, content, i, to.length);
                return put(suffix, content);
            }
        }
        throw new AssertionError("no such bytes in " + suffix);
    }

    public ArchiveForge deflated() {
        deflated = true;
        return this;
    }

    public byte[] bytes() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                ZipEntry header = new ZipEntry(entry.getKey());
                if (!deflated) {
                    CRC32 crc = new CRC32();
                    crc.update(entry.getValue());
                    header.setMethod(ZipEntry.STORED);
                    header.setSize(entry.getValue().length);
                    header.setCrc(crc.getValue());
                }
                zip.putNextEntry(header);
                zip.write(entry.getValue());
            }
        }
        return out.toByteArray();
    }

    public Path write(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, "forged", ".pt");
        return Files.write(file, bytes());
    }
}
