package org.plumbline.plugin.concept;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.cav.CavFit;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.cav.LabelledActivations;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

class FitJournalTest {
    private static final ConceptId NAME = new ConceptId("c");

    @TempDir Path folder;

    @Test
    void aFitRepeatedIsRecordedOnceAndOneInAnotherArchiveAgain() {
        Path file = folder.resolve("fits.jsonl");
        FitJournal journal = FitJournal.open(file);
        journal.add(record(1, Instant.EPOCH));
        journal.add(record(1, Instant.EPOCH.plusSeconds(9)));
        journal.add(record(2, Instant.EPOCH));
        assertThat(journal.of(NAME)).hasSize(2);
        assertThat(FitJournal.open(file).of(NAME)).hasToString(journal.of(NAME).toString());
        assertThat(journal.of(NAME).get(0).path("at").asText()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(journal.of(new ConceptId("other"))).isEmpty();
    }

    @Test
    void aRecordTellsEverythingThatMadeTheCav() {
        var json = record(1, Instant.EPOCH).json();
        assertThat(json.path("archive_sha256").asText()).isEqualTo(archive(1).hex());
        assertThat(json.path("layer").asText()).isEqualTo("features.8");
        assertThat(json.path("plumbline").asText()).isEqualTo("1.2");
        assertThat(json.path("engine").asText()).isEqualTo("PyTorch 2");
        assertThat(json.path("cav").asText()).isEqualTo("ridge");
        assertThat(json.path("hyper_parameter").path("name").asText()).isEqualTo("alpha");
        assertThat(json.path("seed").asLong()).isEqualTo(3);
        assertThat(json.path("positives").path("count").asInt()).isEqualTo(8);
        assertThat(json.path("negatives").path("sha256").asText()).hasSize(64);
        assertThat(json.path("quality").path("auc").asDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void damagedLinesAreSetAsideAndTheOthersGoOn() throws IOException {
        Path file = folder.resolve("fits.jsonl");
        FitJournal.open(file).add(record(1, Instant.EPOCH));
        Files.writeString(file, "{\"concept\": \"c\", \"fit_", StandardOpenOption.APPEND);
        FitJournal again = FitJournal.open(file);
        assertThat(again.of(NAME)).hasSize(1);
        assertThat(folder.resolve("fits.jsonl.corrupt")).exists();
        assertThat(FitJournal.open(file).of(NAME)).hasSize(1);
    }

    private static Digest archive(int n) {
        return Digest.of(new byte[] {(byte) n});
    }

    private static FitRecord record(int archive, Instant at) {
        float[] values = new float[32];
        long[] labels = new long[16];
        for (int i = 0; i < 16; i++) {
            labels[i] = i % 2;
            values[2 * i] = i % 2 + i * 0.01f;
            values[2 * i + 1] = i * 0.1f;
        }
        LabelledActivations data = LabelledActivations.of(FloatTensor.of(values, 16, 2), labels);
        CavFit fit = CavKind.RIDGE.fit(data);
        ConceptContent.Side side = new ConceptContent.Side(8, Digest.of(new byte[] {7}));
        ConceptContent content =
                new ConceptContent(side, side, new FitSettings(CavKind.RIDGE, Pooling.MAX, 3));
        return new FitRecord(
                new LibraryConcept(NAME, content, true, Optional.empty()),
                new FitRecord.FittedIn(archive(archive), "features.8", "1.2", "PyTorch 2"),
                fit,
                CavQuality.of(data, fit, QualityBounds.STANDARD),
                at);
    }
}
