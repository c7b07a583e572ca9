package org.plumbline.plugin.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.Digest;
import org.plumbline.plugin.delivery.DeliveryLedger.Entry;
import org.plumbline.plugin.fixture.ModelFolders;
import org.plumbline.plugin.repair.DeliveryReport.Step;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DeliveryLedgerTest {
    private static final Digest ORIGIN = Digest.of(new byte[] {1});
    private static final Digest FIRST = Digest.of(new byte[] {2});
    private static final Digest SECOND = Digest.of(new byte[] {3});

    @TempDir Path folder;

    @Test
    void theLastPromotionNotRolledBackIsCurrentAfterReopening() {
        DeliveryLedger ledger = open(ORIGIN);
        assertThat(ledger.current()).isEmpty();
        ledger.settle(new Entry("a", FIRST, ORIGIN, Step.PROMOTED));
        ledger.settle(new Entry("b", SECOND, FIRST, Step.PROMOTED));
        assertThat(open(ORIGIN).current().orElseThrow().archive()).isEqualTo(SECOND);
        ledger.settle(new Entry("b", SECOND, FIRST, Step.ROLLED_BACK));
        assertThat(open(ORIGIN).current().orElseThrow().archive()).isEqualTo(FIRST);
        assertThat(open(ORIGIN).find("b").orElseThrow().step()).isEqualTo(Step.ROLLED_BACK);
    }

    @Test
    void aLedgerOfAnotherModelFileOrOneThatIsDamagedIsNotApplied() {
        open(ORIGIN).settle(new Entry("a", FIRST, ORIGIN, Step.PROMOTED));
        assertThat(open(SECOND).current()).isEmpty();
        ModelFolders.write(folder.resolve("deliveries.json"), "{ \"origin\": ");
        assertThat(open(ORIGIN).current()).isEmpty();
    }

    @Test
    void whatCannotBeWrittenChangesNothing() throws IOException {
        DeliveryLedger ledger = open(ORIGIN);
        Files.createDirectories(folder.resolve("deliveries.json.new/occupied"));
        assertThatThrownBy(() -> ledger.settle(new Entry("a", FIRST, ORIGIN, Step.PROMOTED)))
                .isInstanceOf(AuditException.class);
        assertThat(ledger.current()).isEmpty();
        assertThat(open(ORIGIN).current()).isEmpty();
    }

    private DeliveryLedger open(Digest origin) {
        return DeliveryLedger.open(new ModelCache(folder), origin);
    }
}
