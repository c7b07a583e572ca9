package org.plumbline.cli;

import org.plumbline.cli.Explanations.Explained;
import org.plumbline.cli.terminal.Version;
import org.plumbline.core.heatmap.Caption;
import org.plumbline.core.heatmap.ContactSheet;
import org.plumbline.core.heatmap.Figure;
import org.plumbline.core.heatmap.HeatMapBatch;
import org.plumbline.core.heatmap.HeatPanels;
import org.plumbline.core.heatmap.HeatScale;
import org.plumbline.core.heatmap.Legend;
import org.plumbline.core.heatmap.Numbers;
import org.plumbline.core.heatmap.PngFile;
import org.plumbline.core.heatmap.Style;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Contact sheets and figures of one run, as PNG files. Confined to one thread. */
final class Pictures {
    private final HeatMapBatch batch;
    private final Explained explained;
    private final List<String> names;
    private final Legend legend;
    private final Style style;

    Pictures(
            HeatMapBatch batch,
            Explained explained,
            List<String> names,
            Legend legend,
            Style style) {
        this.batch = batch;
        this.explained = explained;
        this.names = List.copyOf(names);
        this.legend = legend;
        this.style = style;
    }

    /**
     * Writes {@code sheet-001.png} … and {@code explanation-00000.png} …, replacing files of those
     * names.
     *
     * @param figures samples that get a figure of their own
     * @return what was written
     */
    List<Path> write(Path folder, int figures) throws IOException {
        List<Path> files = new ArrayList<>();
        List<Caption> captions = IntStream.range(0, batch.size()).mapToObj(this::caption).toList();
        ContactSheet sheet =
                new ContactSheet(HeatPanels.of(batch, style, ContactSheet.SIDE), captions, legend);
        for (int page = 0; page < sheet.pages(); page++) {
            Path file = folder.resolve(String.format(Locale.ROOT, "sheet-%03d.png", page + 1));
            Files.write(file, PngFile.encode(sheet.page(page), text(Map.of())));
            files.add(file);
        }
        List<HeatPanels> panels = HeatPanels.of(batch, style, Figure.SIDE);
        for (int i = 0; i < Math.min(figures, batch.size()); i++) {
            Path file = folder.resolve(String.format(Locale.ROOT, "explanation-%05d.png", i));
            Files.write(
                    file,
                    PngFile.encode(
                            Figure.draw(panels.get(i), captions.get(i), legend),
                            text(about(i, panels.get(i).scale()))));
            files.add(file);
        }
        return files;
    }

    private Caption caption(int row) {
        int target = explained.classes().get(row);
        int predicted = explained.predicted(row);
        String heading =
                String.format(
                        Locale.ROOT,
                        "%s \u00b7 p = %.3f",
                        name(target),
                        explained.probability(row));
        return new Caption(
                predicted == target ? heading : heading + ", predicted " + name(predicted),
                "sample "
                        + row
                        + " \u00b7 logit "
                        + Numbers.text(explained.logit(row))
                        + " \u00b7 sum "
                        + Numbers.text(explained.sum(row)));
    }

    private Map<String, String> about(int row, HeatScale scale) {
        return Map.of(
                "Sample", String.valueOf(row),
                "Class", name(explained.classes().get(row)),
                "Logit", String.valueOf(explained.logit(row)),
                "Scale", String.valueOf(scale.limit()));
    }

    private Map<String, String> text(Map<String, String> more) {
        Map<String, String> text = new TreeMap<>(more);
        text.put("Title", legend.title());
        text.put("Quantity", legend.quantity());
        text.put("Software", "Plumbline " + Version.text());
        return text;
    }

    private String name(int k) {
        return k < names.size() ? names.get(k) : "class " + k;
    }
}
