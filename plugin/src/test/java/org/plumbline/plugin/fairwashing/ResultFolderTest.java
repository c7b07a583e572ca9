package org.plumbline.plugin.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.FairwashingVerdict.Tested;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.Signal;
import org.plumbline.core.fairwashing.VerdictLatch;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.plugin.fairwashing.ResultFolder.Kept;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ResultFolderTest {
    private static final Signal SIGNAL = new Signal(Detector.REMOVAL, ExplanationMethod.LRP);
    static final Kept KEPT =
            new Kept(
                    new VerdictLatch.State(true, 1),
                    new ExaminedWindow(
                            Instant.parse("2026-01-01T00:00:00Z"),
                            Instant.parse("2026-01-01T01:00:00Z"),
                            Instant.parse("2026-01-01T02:00:00Z"),
                            200,
                            Source.TWINS,
                            "3 honest models of null.json",
                            Optional.of("lrp: no rule"),
                            new FairwashingVerdict(
                                    List.of(new Tested(SIGNAL, 0.5, 0.1, 0.03, 1e-6, 1e-5, 199)),
                                    0.01),
                            Map.of(SIGNAL, List.of(new Example(17, 3, 0.75))),
                            List.of(ExplanationMethod.LRP)));

    @TempDir Path folder;

    @Test
    void whatIsKeptIsFoundAgainForItsVersionAlone() {
        ResultFolder results = new ResultFolder(folder.resolve("fairwashing"));
        byte[] png = {1, 2, 3};
        results.write(digest(1), KEPT, Map.of(ExplanationMethod.LRP, png));
        assertThat(results.read(digest(1))).contains(KEPT);
        assertThat(results.read(digest(1), ExplanationMethod.LRP)).contains(png);
        assertThat(results.read(digest(1), ExplanationMethod.GRADIENT)).isEmpty();
        assertThat(results.read(digest(2))).isEmpty();
    }

    @Test
    void picturesThatAreNotDrawnAnyMoreGo() {
        ResultFolder results = new ResultFolder(folder);
        byte[] png = {1, 2, 3};
        results.write(digest(1), KEPT, Map.of(ExplanationMethod.LRP, png));
        results.write(digest(1), KEPT, Map.of());
        assertThat(results.read(digest(1), ExplanationMethod.LRP)).isEmpty();
        assertThat(results.read(digest(1)).orElseThrow().last().pictures()).isEmpty();
    }

    @Test
    void aDamagedFileIsNotApplied() throws Exception {
        ResultFolder results = new ResultFolder(folder);
        results.write(digest(1), KEPT, Map.of());
        Path file = folder.resolve(digest(1).brief() + ".json");
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() / 2));
        assertThat(results.read(digest(1))).isEmpty();
        Files.writeString(file, whole.replace(digest(1).hex(), digest(2).hex()));
        assertThat(results.read(digest(1))).isEmpty();
        Files.writeString(file, whole.replace("removal", "guess"));
        assertThat(results.read(digest(1))).isEmpty();
    }

    @Test
    void theLatestVersionsStay() throws Exception {
        ResultFolder results = new ResultFolder(folder);
        for (int i = 0; i < 20; i++) {
            results.write(digest(i), KEPT, Map.of(ExplanationMethod.LRP, new byte[] {(byte) i}));
            Path file = folder.resolve(digest(i).brief() + ".json");
            Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH.plusSeconds(i)));
        }
        results.write(digest(20), KEPT, Map.of());
        assertThat(results.read(digest(3))).isEmpty();
        assertThat(results.read(digest(3), ExplanationMethod.LRP)).isEmpty();
        assertThat(results.read(digest(19))).isPresent();
        assertThat(folder.toFile().list((f, name) -> name.endsWith(".json"))).hasSize(16);
    }

    private static Digest digest(int number) {
        return Digest.of(("" + number).getBytes(StandardCharsets.UTF_8));
    }
}
