package org.plumbline.core.fairwashing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.fairwashing.HonestModels.Moments;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.NullFile.Reference;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class NullFileTest {
    private static final Signal LRP = new Signal(Detector.PROJECTION, ExplanationMethod.LRP);
    private static final Signal BESIDE = new Signal(Detector.REFERENCE, ExplanationMethod.LRP);
    private static final Digest TWIN = Digest.of(new byte[] {1, 2});

    @TempDir private Path folder = Path.of("");

    private static NullFile comparedWith(Optional<Reference> reference) {
        Map<Signal, List<Moments>> readings =
                Map.of(
                        LRP, List.of(new Moments(0.5, 0.1, 200), new Moments(0.25, 0, 199)),
                        BESIDE, List.of(new Moments(0.125, 0.5, 180)));
        return new NullFile(
                "a",
                "b",
                List.of(0.9, 0.95),
                new HonestModels(Source.TWINS, 2000, readings),
                reference);
    }

    private static NullFile keeping() {
        return comparedWith(Optional.of(new Reference(TWIN.hex(), Optional.of("null-twin.pt"))));
    }

    @Test
    void itComesBackFromItsFile() throws IOException {
        Path file = folder.resolve("null.json");
        for (Optional<Reference> reference :
                List.of(
                        keeping().reference(),
                        Optional.of(new Reference("c", Optional.empty())),
                        Optional.<Reference>empty())) {
            NullFile written = comparedWith(reference);
            written.write(file);
            assertThat(NullFile.read(file)).isEqualTo(written);
        }
    }

    @Test
    void whatIsNoSuchFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("null.json"), "{\"format\": 1}");
        assertThatThrownBy(() -> NullFile.read(file))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("format 1");
    }

    @Test
    void aTwinInAnotherFolderIsRefused() throws IOException {
        for (String name : List.of("../twin.pt", "/twin.pt", "a\\\\twin.pt", "twin.json")) {
            Path file = folder.resolve("null.json");
            keeping().write(file);
            Files.writeString(file, Files.readString(file).replace("null-twin.pt", name));
            assertThatThrownBy(() -> NullFile.read(file))
                    .as(name)
                    .isInstanceOf(AuditException.class)
                    .hasMessageContaining("reference");
        }
    }

    @Test
    void theTwinBesideItIsTheOneThatWasKept() throws IOException {
        Path file = folder.resolve("null.json");
        Path twin = folder.resolve("null-twin.pt");
        assertThatThrownBy(() -> keeping().twin(file))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining("null-twin.pt");
        Files.write(twin, new byte[] {1, 2});
        assertThat(keeping().twin(file)).contains(twin);
        Files.write(twin, new byte[] {1, 3});
        assertThatThrownBy(() -> keeping().twin(file))
                .isInstanceOf(AuditException.class)
                .hasMessageContaining(TWIN.hex());
        assertThat(comparedWith(Optional.empty()).twin(file)).isEmpty();
    }

    @Test
    void anotherReferenceIsNotHeldAgainstTheTwins() {
        assertThat(keeping().honest(Optional.of(TWIN)).of(BESIDE)).hasSize(1);
        for (Optional<Digest> compared :
                List.of(Optional.<Digest>empty(), Optional.of(Digest.of(new byte[] {9})))) {
            HonestModels honest = keeping().honest(compared);
            assertThat(honest.of(BESIDE)).isEmpty();
            assertThat(honest.of(LRP)).hasSize(2);
        }
    }
}
