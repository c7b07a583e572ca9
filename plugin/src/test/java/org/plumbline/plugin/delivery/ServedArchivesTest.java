package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.delivery.DeliveryLedger.Entry;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.plumbline.plugin.repair.DeliveryReport.Step;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

class ServedArchivesTest {
    private static final Digest ORIGIN = Digest.of(new byte[] {1});
    private static final Digest FIRST = Digest.of(new byte[] {2});
    private static final Digest SECOND = Digest.of(new byte[] {3});
    private static final Digest THIRD = Digest.of(new byte[] {4});

    @TempDir Path folder;

    @Test
    void whatADeliveryReplacedIsNamedUntilItIsSwept() throws Exception {
        ModelCache cache = new ModelCache(folder);
        Files.createDirectories(cache.deliveries());
        Path original = folder.resolve("model.pt");
        ModelFolders.write(original, "original");
        DeliveryLedger ledger = DeliveryLedger.open(cache, ORIGIN);
        ServedArchives archives =
                new ServedArchives(new ModelKey("m", Optional.empty()), original, cache, ledger);
        assertThat(archives.replaced(ORIGIN)).isEmpty();
        promote(archives, new Entry("a", FIRST, ORIGIN, Step.PROMOTED));
        assertThat(archives.replaced(FIRST)).contains(original);
        assertThat(archives.replaced(ORIGIN)).isEmpty();
        promote(archives, new Entry("b", SECOND, FIRST, Step.PROMOTED));
        assertThat(archives.replaced(SECOND)).contains(cache.delivered(FIRST));
        Entry third = new Entry("c", THIRD, SECOND, Step.PROMOTED);
        promote(archives, third);
        ledger.settle(third.with(Step.ROLLED_BACK));
        assertThat(archives.replaced(SECOND)).isEmpty();
    }

    private static void promote(ServedArchives archives, Entry entry) {
        ModelFolders.write(archives.cache().delivered(entry.archive()), entry.id());
        archives.ledger().settle(entry);
        archives.sweep(Set.of(entry.archive(), entry.source()));
    }
}
