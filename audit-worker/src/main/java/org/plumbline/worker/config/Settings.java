package org.plumbline.worker.config;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Typed reading of flat settings: every wrong value is collected with its origin, every key nobody
 * asked for is a problem. Confined to one thread.
 */
final class Settings {
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

    double real(String key, double fallback, double least, double most) {
        return read(
                key,
                fallback,
                "number, " + least + " to " + most,
                text -> require(Double.parseDouble(text), x -> x >= least && x <= most));
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
