package org.plumbline.worker.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Typed reading of flat settings: every wrong value is collected with its origin, every key nobody
 * asked for is a problem. Confined to one thread.
 */
final class Settings {
    private static final Pattern BYTES = Pattern.compile("(\\d{1,18}) ?((?:[KMGT]i)?B|)");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

    private final Map<String, Setting> values = new TreeMap<>();
    private final Set<String> known = new TreeSet<>();
    private final Problems problems;

    /** A text and where it came from, which stands in messages. */
    record Setting(String origin, String text) {}

    Settings(Map<String, Setting> values, Problems problems) {
        this.values.putAll(values);
        this.problems = problems;
    }

    Optional<String> text(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key)).map(Setting::text);
    }

    Optional<Path> path(String key) {
        return text(key).map(Path::of);
    }

    <T> T read(String key, T fallback, String expected, Function<String, T> parse) {
        known.add(key);
        Setting setting = values.get(key);
        if (setting == null) {
            return fallback;
        }
        try {
            return parse.apply(setting.text());
        } catch (IllegalArgumentException e) {
            problems.add(setting.origin(), setting.text(), expected);
            return fallback;
        }
    }

    long whole(String key, long fallback, long least, long most) {
        return read(
                key,
                fallback,
                "whole number, " + least + " to " + most,
                text -> require(Long.parseLong(text), n -> n >= least && n <= most));
    }

    /** Reads bytes with a binary unit: {@code 4GiB}, {@code 512MiB}, or plain bytes. */
    long bytes(String key, long fallback, long least, long most) {
        return read(
                key,
                fallback,
                "bytes such as 4GiB or 512MiB, " + (least >> 20) + "MiB to " + (most >> 40) + "TiB",
                text -> require(parseBytes(text), n -> n >= least && n <= most));
    }

    private static long parseBytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no size");
        }
        int shift = 10 * UNITS.indexOf(matcher.group(2).isEmpty() ? "B" : matcher.group(2));
        long number = Long.parseLong(matcher.group(1));
        return require(number << shift, n -> n >> shift == number);
    }

    double real(String key, double fallback, double least, double most) {
        return read(
                key,
                fallback,
                "number, " + least + " to " + most,
                text -> require(Double.parseDouble(text), x -> x >= least && x <= most));
    }

    boolean flag(String key, boolean fallback) {
        return read(
                key,
                fallback,
                "true or false",
                text -> require(text, t -> t.equals("true") || t.equals("false")).equals("true"));
    }

    <E extends Enum<E>> E choice(String key, E fallback) {
        Class<E> type = fallback.getDeclaringClass();
        String names =
                Arrays.stream(type.getEnumConstants())
                        .map(e -> e.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" or "));
        return read(
                key, fallback, names, text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)));
    }

    /** Reports every key that no reading named. */
    void refuseUnknown() {
        values.forEach(
                (key, setting) -> {
                    if (!known.contains(key)) {
                        problems.add(
                                setting.origin(),
                                setting.text(),
                                "one of " + String.join(", ", known));
                    }
                });
    }

    private static <T> T require(T value, java.util.function.Predicate<T> rule) {
        if (!rule.test(value)) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }
}
