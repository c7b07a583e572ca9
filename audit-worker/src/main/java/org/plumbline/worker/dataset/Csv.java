package org.plumbline.worker.dataset;

import java.util.ArrayList;
import java.util.List;

/** Lines of comma-separated values, quoted as RFC 4180 has it. Thread-safe. */
final class Csv {
    private Csv() {}

    /** Returns the fields of one line; quotes may hold commas, not line breaks. */
    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }
}
