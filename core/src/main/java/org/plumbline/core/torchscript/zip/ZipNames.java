package org.plumbline.core.torchscript.zip;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Entry names of one file: relative, and different from each other whatever the case and Unicode
 * form, since the native reader looks names up without regard to case. Confined to one thread.
 */
final class ZipNames {
    private final Set<String> folded = new HashSet<>();

    /** Returns the name if it may be used. */
    String accept(String name) {
        List<String> segments = List.of(name.split("/", -1));
        boolean folder = name.endsWith("/");
        boolean strange =
                name.chars().anyMatch(c -> c == '\\' || c < ' ' || c == 0x7f || c == 0xfffd)
                        || segments.contains(".")
                        || segments.contains("..")
                        || segments.subList(0, segments.size() - (folder ? 1 : 0)).contains("");
        if (strange) {
            throw ZipDirectory.bad("zip entry", printable(name), "a relative name without ..");
        }
        if (!folded.add(fold(name))) {
            throw ZipDirectory.bad(
                    "zip entry", name, "unique names, also without regard to case and form");
        }
        return name;
    }

    private static String fold(String name) {
        String composed = Normalizer.normalize(name, Normalizer.Form.NFKC);
        return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "?");
    }
}
