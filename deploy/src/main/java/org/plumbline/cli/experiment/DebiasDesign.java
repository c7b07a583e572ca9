package org.plumbline.cli.experiment;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.LocalCorrection;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.IdxSet;
import org.plumbline.worker.generator.PictureSet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Methods that need no concept, on coloured images. The cells of a data set and seed share the
 * images, which the seed draws, and the values their network starts from. Confined to one thread.
 */
final class DebiasDesign implements Design {
    /**
     * Apart from the streams that methods draw further networks from: small and large multiples.
     */
    private static final long NETWORKS = 0x6b79_2f31_0c5dL;

    private final Path images;
    private final Path models;
    private final Scale scale;
    private final MethodDefaults defaults = MethodDefaults.load("debias-methods.yaml");

    /**
     * How much is done. Immutable.
     *
     * @param brief whether parameters of short runs override others
     * @param training rows
     * @param test rows
     * @param choosing whether to measure on training images that no run trains on
     */
    record Scale(boolean brief, int training, int test, boolean choosing) {
        static Scale of(boolean brief, boolean choosing) {
            return brief
                    ? new Scale(true, 5_120, 1_000, choosing)
                    : new Scale(false, 20_480, 5_000, choosing);
        }
    }

    DebiasDesign(Path images, Path models, Scale scale) {
        this.images = images;
        this.models = models;
        this.scale = scale;
    }

    /**
     * Returns the cells of a table.
     *
     * @param entries empty: those with parameters for the set's network
     */
    List<Cell> cells(List<String> sets, List<Long> seeds, List<String> entries) {
        List<Cell> cells = new ArrayList<>();
        for (String set : sets) {
            List<String> rows =
                    entries.isEmpty()
                            ? defaults.entriesWith(ColouredSet.of(set).network())
                            : entries;
            for (long seed : seeds) {
                rows.forEach(
                        row ->
                                cells.add(
                                        new Cell(
                                                set,
                                                scale.training(),
                                                scale.choosing(),
                                                seed,
                                                row)));
            }
        }
        return cells;
    }

    @Override
    public Map<String, String> parameters(Cell cell) {
        ColouredSet set = ColouredSet.of(cell.set());
        List<String> sections = new ArrayList<>(List.of(set.network(), set.percent(), cell.set()));
        if (scale.brief()) {
            sections.add(set.network() + "-short");
        }
        return defaults.parameters(cell.entry(), sections, cell.seed());
    }

    @Override
    public String method(Cell cell) {
        return defaults.method(cell.entry());
    }

    @Override
    public BiasedSet data(Cell cell) {
        PictureSet all = drawn(IdxSet.read(images, "train", Integer.MAX_VALUE), cell.seed());
        int training = scale.training();
        int needed = scale.choosing() ? training + scale.test() : training;
        if (all.size() < needed) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA,
                    "data",
                    all.size() + " training images",
                    needed + " or more");
        }
        PictureSet measured =
                scale.choosing()
                        ? all.range(training, needed)
                        : IdxSet.read(images, "t10k", scale.test());
        return ColouredSet.of(cell.set()).coloured(all.range(0, training), measured, cell.seed());
    }

    private static PictureSet drawn(PictureSet set, long seed) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, set.size()).boxed().toList());
        Collections.shuffle(order, new Random(seed));
        return new PictureSet(
                order.stream().map(set.images()::get).toList(),
                order.stream().map(set.labels()::get).toList());
    }

    /** Draws the values that the network had before any training. */
    @Override
    public void writeBase(Cell cell, Path data, Path to, Repairs repairs) {
        Path network = ColouredSet.of(cell.set()).archive(models);
        FreshNetwork.write(network, cell.seed() ^ NETWORKS, to);
    }

    @Override
    public LocalCorrection.Request request(Cell cell, Places places) {
        return new LocalCorrection.Request(
                places.base(),
                places.data(),
                method(cell),
                parameters(cell),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                places.output(),
                Optional.of(places.reports()));
    }
}
