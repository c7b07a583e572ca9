package org.plumbline.core.instrument.relevance;

/**
 * Where a step was printed. Immutable.
 *
 * @param module attribute path; empty for the root
 * @param statement the line as printed
 */
public record Origin(String module, String statement) {
    private static final int LONGEST = 160;

    /** Returns {@code in MODULE: STATEMENT}, one line. */
    public String text() {
        String line = statement.replaceAll("\\s+", " ");
        String shown = line.length() > LONGEST ? line.substring(0, LONGEST) + "..." : line;
        return "in " + (module.isEmpty() ? "the root module" : module) + ": " + shown;
    }
}
