package org.plumbline.cli;

import org.plumbline.core.fairwashing.MarginSample;
import org.plumbline.core.fairwashing.Margins;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Margins as the properties file that holds them. */
final class MarginText {
    private MarginText() {}

    static String of(List<ExaminedModel> population) {
        Margins margins =
                MarginSample.margins(population.stream().map(ExaminedModel::sample).toList());
        StringBuilder text = new StringBuilder();
        text.append("# Honest models of a calibration population: ");
        text.append(String.join(", ", population.stream().map(ExaminedModel::name).toList()));
        text.append("\n# signal = mean, spread between models, deviation from twins, degrees\n");
        new TreeMap<>(margins.bySignal())
                .forEach(
                        (signal, m) ->
                                text.append(
                                        String.format(
                                                Locale.ROOT,
                                                "%s = %.6f %.6f %.6f %d%n",
                                                signal.label(),
                                                m.mean(),
                                                m.spread(),
                                                m.deviation(),
                                                m.degrees())));
        return text.toString();
    }
}
