package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a method's parameters and remembers every problem. Confined to one thread. */
public final class Parameters {
    private final Map<String, String> left;
    private final Map<String, String> effective = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /** Takes what a caller gave. */
    public Parameters(Map<String, String> given) {
        left = new TreeMap<>(given);
    }

    /** Reads a number that passes a check. */
    public double real(String name, double otherwise, DoublePredicate valid, String expected) {
        String text = take(name, Double.toString(otherwise));
        try {
            double value = Double.parseDouble(text);
            if (valid.test(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        problems.add(name + ": " + text + " (expected: " + expected + ")");
        return otherwise;
    }

    /** Reads a whole number of a range. */
    public int whole(String name, int otherwise, int least, int most) {
        String text = take(name, Integer.toString(otherwise));
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        problems.add(name + ": " + text + " (expected: " + least + " to " + most + ")");
        return otherwise;
    }

    /** Reads whole numbers from 0, separated by spaces. */
    public List<Long> wholes(String name, List<Long> otherwise) {
        String text =
                take(
                        name,
                        otherwise.stream().map(String::valueOf).collect(Collectors.joining(" ")));
        if (text.matches("(\\d{1,15}( \\d{1,15})*)?")) {
            return text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split(" ", -1)).map(Long::valueOf).toList();
        }
        problems.add(name + ": " + text + " (expected: whole numbers separated by spaces)");
        return otherwise;
    }

    /** Reads {@code seed}, any whole number. */
    public long seed() {
        String text = take("seed", "0");
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            problems.add("seed: " + text + " (expected: a whole number)");
            return 0;
        }
    }

    /** Reads {@code true} or {@code false}. */
    public boolean flag(String name, boolean otherwise) {
        String text = take(name, Boolean.toString(otherwise));
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        problems.add(name + ": " + text + " (expected: true or false)");
        return otherwise;
    }

    /** Reads a constant by its lower-case name. */
    public <E extends Enum<E>> E choice(String name, E otherwise, Class<E> type) {
        String text = take(name, otherwise.name().toLowerCase(Locale.ROOT));
        List<String> names = new ArrayList<>();
        for (E value : type.getEnumConstants()) {
            String known = value.name().toLowerCase(Locale.ROOT);
            if (known.equals(text)) {
                return value;
            }
            names.add(known);
        }
        problems.add(name + ": " + text + " (expected: " + String.join(", ", names) + ")");
        return otherwise;
    }

    /**
     * Reads a value by its own parser.
     *
     * @param parser throws {@code IllegalArgumentException("name: value (expected: ..)")}
     */
    public <T> T parsed(String name, String otherwise, Function<String, T> parser) {
        try {
            return parser.apply(take(name, otherwise));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return parser.apply(otherwise);
        }
    }

    private String take(String name, String otherwise) {
        String given = left.remove(name);
        String text = given == null ? otherwise : given;
        effective.put(name, text);
        return text;
    }

    /** Returns every parameter read with its value, once nothing is wrong or left over. */
    public Map<String, String> done(String method) {
        left.forEach(
                (name, value) ->
                        problems.add(
                                name
                                        + ": "
                                        + value
                                        + " (expected: one of "
                                        + String.join(", ", effective.keySet())
                                        + ")"));
        if (!problems.isEmpty()) {
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT, method + ": " + String.join("; ", problems));
        }
        return Map.copyOf(effective);
    }
}
