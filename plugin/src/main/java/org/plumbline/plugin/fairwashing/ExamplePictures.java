package org.plumbline.plugin.fairwashing;

import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.heatmap.Comparison;
import org.plumbline.core.heatmap.Comparison.Column;
import org.plumbline.core.heatmap.PngFile;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.plugin.fairwashing.WindowExamination.Findings;
import org.plumbline.plugin.intercept.ServedId;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Draws the loudest examples of each method: input, map, projected map, the reference's map, maps
 * of the other methods. Immutable.
 *
 * @param id names the model and its version
 * @param most examples of a method; 0: no pictures
 */
record ExamplePictures(ServedId id, int most) {
    /** Returns PNG files by method. */
    Map<ExplanationMethod, byte[]> draw(Findings findings) {
        Map<ExplanationMethod, byte[]> files = new EnumMap<>(ExplanationMethod.class);
        if (most == 0) {
            return files;
        }
        for (ExplanationMethod method : findings.served().methods()) {
            List<Tested> telling = Example.telling(findings.verdict(), method);
            List<Example> examples = examples(findings, telling);
            if (!examples.isEmpty()) {
                files.put(method, draw(findings, method, examples));
            }
        }
        return files;
    }

    private List<Example> examples(Findings findings, List<Tested> telling) {
        long[] classes = findings.served().classes();
        List<Example> all = new ArrayList<>();
        for (Tested tested : telling) {
            for (Example each : Example.of(tested, findings.readings(), classes, most)) {
                if (all.size() < most && all.stream().noneMatch(e -> e.sample() == each.sample())) {
                    all.add(each);
                }
            }
        }
        return all;
    }

    private byte[] draw(Findings findings, ExplanationMethod method, List<Example> examples) {
        int[] rows = examples.stream().mapToInt(Example::sample).toArray();
        String title = id.model() + " " + id.version() + " \u00b7 " + method.label();
        List<String> captions =
                examples.stream().map(e -> "sample " + e.sample() + ", " + e.predicted()).toList();
        return PngFile.encode(
                Comparison.draw(
                        title,
                        findings.inputs().rows(rows),
                        captions,
                        columns(findings, method, rows)),
                Map.of("Title", "fairwashing, " + method.label()));
    }

    private static List<Column> columns(Findings findings, ExplanationMethod method, int[] rows) {
        Examination own = findings.served();
        List<Column> columns = new ArrayList<>();
        columns.add(column(method.label(), own.maps(method), rows));
        columns.add(column("projected", own.projected(method), rows));
        findings.reference()
                .ifPresent(
                        r ->
                                columns.add(
                                        column(
                                                Detector.REFERENCE.label(),
                                                r.examination().maps(method),
                                                rows)));
        own.methods().stream()
                .filter(other -> other != method)
                .forEach(other -> columns.add(column(other.label(), own.maps(other), rows)));
        return columns;
    }

    private static Column column(String heading, FloatTensor maps, int[] rows) {
        return new Column(heading, maps.rows(rows));
    }
}
