package org.plumbline.core.instrument;

import java.util.ArrayList;
import java.util.List;

/** Takes printed types such as {@code Tuple[Tensor, List[int]]} apart. */
final class TypeNames {
    private TypeNames() {}

    /**
     * Returns what stands between the outer brackets, split at its commas; none without brackets.
     */
    static List<String> arguments(String type) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < type.length(); i++) {
            char c = type.charAt(i);
            boolean closes = c == ']' && --depth == 0;
            if (closes || (c == ',' && depth == 1)) {
                parts.add(type.substring(start, i).strip());
                start = i + 1;
            } else if (c == '[' && depth++ == 0) {
                start = i + 1;
            }
        }
        return parts;
    }
}
