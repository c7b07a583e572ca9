package org.plumbline.plugin.config;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads environment variables, collecting what is wrong. Confined to one thread. */
record Variables(Map<String, String> environment, Problems problems) {
    <T> Optional<T> read(String name, Function<String, T> parser) {
        String text = environment.get(name);
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int from = message.indexOf("(expected");
            problems.addMessage(
                    name + ": " + text + " " + (from < 0 ? message : message.substring(from)));
            return Optional.empty();
        }
    }
}
