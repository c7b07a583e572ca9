package org.plumbline.cli.quickstart;

import org.plumbline.cli.terminal.Output;
import org.plumbline.proto.v1.Estimate;
import org.plumbline.proto.v1.GateRule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what a run measured as a page for people and as JSON for programs. */
final class Report {
    /** Name of the page. */
    static final String HTML = "report.html";

    /** Name of the JSON file. */
    static final String JSON = "report.json";

    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d9dee5;
              --page: #f6f7f9; --card: #fff; --accent: #c2560c; --good: #1d7a46; --bad: #b3261e }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4;
              --line: #323a46; --page: #14181e; --card: #1c222b; --accent: #f0914a;
              --good: #5fc48d; --bad: #f28b82 } }
            * { box-sizing: border-box }
            body { margin: 0; background: var(--page); color: var(--ink);
              font: 16px/1.55 system-ui, sans-serif }
            main { max-width: 62rem; margin: 0 auto; padding: 2.5rem 1.25rem }
            h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .75rem }
            h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem }
            .lead { max-width: 46rem; color: var(--soft) }
            .lead b { color: var(--accent) }
            .note, footer, small { color: var(--soft); font-size: .875rem }
            footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem }
            .tiles { display: grid; gap: .75rem; margin-top: 1.5rem;
              grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)) }
            .tile { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
              padding: .9rem 1rem }
            .tile span { display: block; color: var(--soft); font-size: .85rem }
            .tile b { font-size: 1.3rem; font-variant-numeric: tabular-nums }
            .tile i { color: var(--accent); font-style: normal }
            table { width: 100%; border-collapse: collapse; background: var(--card);
              border: 1px solid var(--line) }
            th, td { text-align: left; padding: .5rem .75rem; border-bottom: 1px solid var(--line);
              font-variant-numeric: tabular-nums }
            th { font-size: .85rem; color: var(--soft); font-weight: 600 }
            td:not(:first-child), th:not(:first-child) { text-align: right }
            td small { display: block }
            .pass { color: var(--good) } .fail { color: var(--bad); font-weight: 700 }
            .maps { display: grid; gap: .75rem;
              grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)) }
            figure { margin: 0; display: flex; gap: .5rem; background: var(--card);
              border: 1px solid var(--line); border-radius: .5rem; padding: .6rem }
            figure div { flex: 1; min-width: 0 }
            img { width: 100%; display: block; border-radius: .25rem; image-rendering: auto }
            figcaption { font-size: .78rem; color: var(--soft); margin-top: .25rem }
            """;

    private Report() {}

    static void write(Path folder, Quickstart.Result result) throws IOException {
        Files.writeString(
                folder.resolve(JSON),
                Output.text(result.summary().json()) + System.lineSeparator());
        Files.writeString(folder.resolve(HTML), page(result));
    }

    private static String page(Quickstart.Result result) {
        Summary summary = result.summary();
        return String.format(
                Locale.ROOT,
                """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Plumbline quickstart report</title>
        <style>%s</style>
        </head>
        <body>
        <main>
        <h1>A biased classifier, audited and repaired</h1>
        <p class="lead">A small network learned that a time stamp in the corner means
        <b>%s</b>. It was served, audited on every request, corrected with RR-ClArC and replaced
        while it kept answering. Every number below was measured in this run.</p>
        <div class="tiles">%s</div>
        <h2>Before and after</h2>
        <table><thead><tr><th>Number</th><th>Before</th><th>After</th></tr></thead>
        <tbody>%s</tbody></table>
        <p class="note">HTTP numbers come from %d images sent through the server without and with
        the artifact; worker numbers from the test rows of the data set. The TCAV score is the share
        of samples whose %s logit rises along the concept: 0.5 is neutral.</p>
        <h2>Where the model leans on the time stamp</h2>
        <p>Sensitivity at layer <code>%s</code> over the image: red where the logit rises along the
        time stamp, blue where it falls. One scale for all maps; the strongest colour is %s logits
        per unit of activation.</p>
        <div class="maps">%s</div>
        <h2>The worker's evaluation, with 95 %% intervals</h2>
        <table><thead><tr><th>Number</th><th>Before</th><th>After</th></tr></thead>
        <tbody>%s</tbody></table>
        <h2>What the gate checked</h2>
        <table><thead><tr><th>Rule</th><th>Measured</th><th>Bound</th><th>Verdict</th></tr></thead>
        <tbody>%s</tbody></table>
        <h2>Time</h2>
        <table><tbody>%s</tbody></table>
        <footer>Plumbline %s on %d CPU cores. The same numbers for programs: %s.</footer>
        </main>
        </body>
        </html>
        """,
                STYLE,
                target(),
                headlines(summary),
                rows(summary),
                summary.before().answers().images(),
                target(),
                ModelFolder.LAYER,
                number(result.maps().largest()),
                maps(result.maps()),
                estimates(summary),
                rules(summary),
                steps(summary),
                escape(summary.json().path("plumbline").asText()),
                Runtime.getRuntime().availableProcessors(),
                JSON);
    }

    private static String headlines(Summary summary) {
        var before = summary.before();
        var after = summary.after();
        return headline(
                        "accuracy with the artifact",
                        percent(before.answers().markedAccuracy()),
                        percent(after.answers().markedAccuracy()))
                + headline(
                        "accuracy without it",
                        percent(before.answers().accuracy()),
                        percent(after.answers().accuracy()))
                + headline(
                        "sensitivity to the artifact",
                        number(before.live().magnitude()),
                        number(after.live().magnitude()))
                + headline(
                        "TCAV score", number(before.live().score()), number(after.live().score()));
    }

    private static String headline(String name, String before, String after) {
        return String.format(
                Locale.ROOT,
                "<div class=\"tile\"><span>%s</span><b>%s <i>&rarr;</i> %s</b></div>",
                escape(name),
                before,
                after);
    }

    private static String rows(Summary summary) {
        return summary.rows().stream()
                .map(
                        row ->
                                String.format(
                                        Locale.ROOT,
                                        "<tr><td>%s</td><td>%s</td><td>%s</td></tr>",
                                        escape(row.name()),
                                        number(row.before()),
                                        number(row.after())))
                .collect(Collectors.joining());
    }

    private static String estimates(Summary summary) {
        Map<String, Estimate> after =
                summary.correction().getAfter().getEstimatesList().stream()
                        .collect(Collectors.toMap(Estimate::getMetric, e -> e));
        return summary.correction().getBefore().getEstimatesList().stream()
                .map(
                        before ->
                                String.format(
                                        Locale.ROOT,
                                        "<tr><td>%s</td><td>%s</td><td>%s</td></tr>",
                                        escape(before.getMetric().replace('_', ' ')),
                                        interval(before),
                                        after.containsKey(before.getMetric())
                                                ? interval(after.get(before.getMetric()))
                                                : "-"))
                .collect(Collectors.joining());
    }

    private static String interval(Estimate estimate) {
        return String.format(
                Locale.ROOT,
                "%s<small>%s to %s</small>",
                number(estimate.getValue()),
                number(estimate.getLower()),
                number(estimate.getUpper()));
    }

    private static String rules(Summary summary) {
        return summary.correction().getGate().getRulesList().stream()
                .map(Report::rule)
                .collect(Collectors.joining());
    }

    private static String rule(GateRule rule) {
        String name = rule.getDescription().isEmpty() ? rule.getName() : rule.getDescription();
        return String.format(
                Locale.ROOT,
                "<tr><td>%s</td><td>%s</td><td>%s</td><td class=\"%s\">%s</td></tr>",
                escape(name),
                number(rule.getValue()),
                number(rule.getBound()),
                rule.getPassed() ? "pass" : "fail",
                rule.getPassed() ? "pass" : "fail");
    }

    private static String steps(Summary summary) {
        return summary.steps().stream()
                .map(
                        step ->
                                String.format(
                                        Locale.ROOT,
                                        "<tr><td>%s</td><td>%.1f s</td></tr>",
                                        escape(step.name().replace('_', ' ')),
                                        step.seconds()))
                .collect(Collectors.joining());
    }

    private static String maps(HeatMaps maps) {
        return maps.tiles().stream()
                .map(
                        tile ->
                                String.format(
                                        Locale.ROOT,
                                        "<figure>%s%s%s</figure>",
                                        image(tile.plain(), "image", ""),
                                        image(tile.before(), "before", tile.predictedBefore()),
                                        image(tile.after(), "after", tile.predictedAfter())))
                .collect(Collectors.joining());
    }

    private static String image(String png, String label, String answer) {
        return String.format(
                Locale.ROOT,
                "<div><img alt=\"%s\" src=\"data:image/png;base64,%s\"><figcaption>%s%s"
                        + "</figcaption></div>",
                label,
                png,
                label,
                answer.isEmpty() ? "" : ": " + escape(answer));
    }

    private static String target() {
        return escape(FashionBias.CLASSES.get(FashionBias.TARGET));
    }

    private static String percent(double ratio) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * ratio);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4g", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
