package org.plumbline.plugin.http;

import org.plumbline.core.model.ConceptId;
import org.plumbline.plugin.mitigation.Mitigation;
import org.plumbline.plugin.mitigation.MitigationOrder;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the body of a mitigation request, telling all problems at once. Thread-safe. */
final class MitigationBody {
    private static final List<String> KEYS =
            List.of("concept", "duration", "mode", "strength", "level", "by");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(s|m|h)");

    private MitigationBody() {}

    /**
     * Returns the order.
     *
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} with all problems
     */
    static MitigationOrder parse(byte[] bytes) {
        JsonBody body = JsonBody.parse(bytes, KEYS);
        String mode = body.text("mode", Mitigation.MODE);
        if (!mode.equals(Mitigation.MODE)) {
            body.problem("mode", mode, Mitigation.MODE);
        }
        String concept = body.text("concept", "");
        Duration duration = duration(body);
        double strength = body.number("strength").orElse(1);
        OptionalDouble level = body.number("level");
        String by = body.text("by", "unknown");
        body.requireSound();
        return new MitigationOrder(new ConceptId(concept), strength, level, duration, by);
    }

    private static Duration duration(JsonBody body) {
        String text = body.text("duration", "1h");
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            body.problem("duration", text, "such as 90s, 30m or 1h");
            return Duration.ofHours(1);
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }
}
