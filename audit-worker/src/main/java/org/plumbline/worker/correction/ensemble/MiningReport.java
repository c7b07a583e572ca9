package org.plumbline.worker.correction.ensemble;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.heatmap.Caption;
import org.plumbline.core.heatmap.PictureSheet;
import org.plumbline.core.heatmap.PixelRange;
import org.plumbline.core.heatmap.PngFile;
import org.plumbline.worker.dataset.AuditDataset;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingRows;
import org.plumbline.worker.training.TrainingStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What detectors mined, written for people and for further audits:
 *
 * <ul>
 *   <li>{@code mining.csv}: every training row with votes, score and whether it is flagged as
 *       bias-conflicting, the most conflicting first;
 *   <li>{@code mining.json}: numbers by class, precision and recall where bias labels are known;
 *   <li>{@code mining.png}: the most conflicting flagged samples;
 *   <li>{@code concept.npz}: flagged samples as {@code positives}, as many unflagged ones of the
 *       same classes as {@code negatives}: a concept nobody labelled; the same two arrays in folder
 *       {@code concept}.
 * </ul>
 *
 * Confined to one thread.
 */
public final class MiningReport {
    private static final Logger LOG = LoggerFactory.getLogger(MiningReport.class);
    private static final int SHOWN = 96;
    private static final int SIDE = 84;
    private static final int LARGEST_CONCEPT = 500;

    private final AuditDataset data;
    private final int[] rows;
    private final MinedSamples votes;
    private final long[] labels;
    private final Optional<long[]> bias;

    /** Prepares a report on training rows of a data set; sample i of the votes is row i of them. */
    public MiningReport(TrainingRows rows, MinedSamples votes) {
        data = rows.data();
        this.rows = rows.rows();
        this.votes = votes;
        labels = data.labels();
        bias = data.biasLabels();
    }

    /** Returns the number of samples taken to be bias-conflicting. */
    public int flagged() {
        return count(this::isFlagged);
    }

    /**
     * Tells of phase {@code mined}: {@code flagged}, and where there are bias labels {@code
     * precision} and {@code recall} in [0, 1]; one whose denominator is 0 is left out.
     */
    public void tell(TrainingListener listener) {
        Map<String, Double> found = new TreeMap<>();
        found.put("flagged", (double) flagged());
        quality()
                .ifPresent(
                        quality -> {
                            quality.precision().ifPresent(value -> found.put("precision", value));
                            quality.recall().ifPresent(value -> found.put("recall", value));
                        });
        LOG.info("mined {} of {} samples as bias-conflicting: {}", flagged(), rows.length, found);
        listener.onStep(TrainingStep.finding("mined", found));
    }

    /**
     * Writes all files into a folder, which is made.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written
     */
    public void write(Path folder) {
        List<Integer> ranked = ranked();
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("mining.csv"), table(ranked), StandardCharsets.UTF_8);
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(folder.resolve("mining.json").toFile(), summary());
            List<Integer> flagged = ranked.stream().filter(this::isFlagged).toList();
            if (!flagged.isEmpty()) {
                Files.write(folder.resolve("mining.png"), sheet(flagged));
                List<Integer> negatives = counterparts(flagged, ranked);
                if (!negatives.isEmpty()) {
                    MinedConcept.write(
                            folder,
                            data.inputs(rowsOf(first(flagged, LARGEST_CONCEPT))),
                            data.inputs(rowsOf(negatives)));
                }
            }
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, folder + ": cannot be written: " + e, e);
        }
    }

    /** Returns how flagged samples match bias labels, where the data set has them. */
    public Optional<MiningQuality> quality() {
        return bias.map(
                of ->
                        new MiningQuality(
                                flagged(),
                                count(this::conflicts),
                                count(i -> isFlagged(i) && conflicts(i))));
    }

    private boolean isFlagged(int sample) {
        return !votes.isAligned(sample);
    }

    /** A sample conflicts if its bias label is not its class. */
    private boolean conflicts(int sample) {
        return bias.orElse(labels)[rows[sample]] != labels[rows[sample]];
    }

    private int count(IntPredicate kind) {
        return (int) IntStream.range(0, rows.length).filter(kind).count();
    }

    private List<Integer> ranked() {
        return IntStream.range(0, rows.length)
                .boxed()
                .sorted(
                        Comparator.comparingInt((Integer i) -> votes.votes(i))
                                .thenComparing(Comparator.comparingDouble(votes::score).reversed())
                                .thenComparing(i -> i))
                .toList();
    }

    private String table(List<Integer> ranked) {
        StringBuilder csv =
                new StringBuilder("row,label,votes,score,conflicting")
                        .append(bias.isPresent() ? ",bias_label,truly_conflicting\n" : "\n");
        for (int i : ranked) {
            int row = rows[i];
            csv.append(row).append(',').append(labels[row]).append(',').append(votes.votes(i));
            csv.append(',').append(String.format(Locale.ROOT, "%.6f", votes.score(i)));
            csv.append(',').append(isFlagged(i) ? 1 : 0);
            bias.ifPresent(
                    b -> csv.append(',').append(b[row]).append(',').append(conflicts(i) ? 1 : 0));
            csv.append('\n');
        }
        return csv.toString();
    }

    private ObjectNode summary() {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("samples", rows.length);
        new TreeMap<>(votes.settings()).forEach(node::put);
        node.put("aligned", rows.length - flagged()).put("conflicting", flagged());
        ObjectNode byClass = node.putObject("conflicting_by_class");
        for (int c = 0; c < data.classes(); c++) {
            int wanted = c;
            byClass.put(String.valueOf(c), count(i -> isFlagged(i) && labels[rows[i]] == wanted));
        }
        quality().ifPresent(quality -> describe(quality, node.putObject("truth")));
        return node;
    }

    private static void describe(MiningQuality quality, ObjectNode node) {
        node.put("conflicting", quality.conflicting());
        node.put("flagged_conflicting", quality.both());
        quality.precision().ifPresent(value -> node.put("precision", value));
        quality.recall().ifPresent(value -> node.put("recall", value));
    }

    private byte[] sheet(List<Integer> flagged) {
        List<Integer> shown = first(flagged, SHOWN);
        List<Caption> captions = new ArrayList<>();
        for (int i : shown) {
            String truth = bias.map(b -> " bias " + b[rows[i]]).orElse("");
            captions.add(
                    new Caption(
                            "class " + labels[rows[i]] + truth,
                            String.format(Locale.ROOT, "%.3f row %d", votes.score(i), rows[i])));
        }
        PictureSheet sheet =
                new PictureSheet(data.inputs(rowsOf(shown)), captions, PixelRange.stretch(), SIDE);
        String title =
                "Mined as bias-conflicting: "
                        + shown.size()
                        + " of "
                        + flagged.size()
                        + " samples, the least expected first";
        return PngFile.encode(sheet.draw(title), Map.of("Title", title));
    }

    /** Returns, for each positive, an unflagged sample of its class while there are any. */
    private List<Integer> counterparts(List<Integer> flagged, List<Integer> ranked) {
        List<Integer> left = new ArrayList<>(ranked);
        left.removeIf(this::isFlagged);
        List<Integer> found = new ArrayList<>();
        for (int positive : first(flagged, LARGEST_CONCEPT)) {
            long label = labels[rows[positive]];
            for (int at = left.size() - 1; at >= 0; at--) {
                if (labels[rows[left.get(at)]] == label) {
                    found.add(left.remove(at));
                    break;
                }
            }
        }
        return found;
    }

    private static List<Integer> first(List<Integer> all, int most) {
        return all.subList(0, Math.min(most, all.size()));
    }

    private int[] rowsOf(List<Integer> samples) {
        return samples.stream().mapToInt(i -> rows[i]).toArray();
    }
}
