package org.plumbline.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.error.AuditException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Random damage to directory, pickles and code: refused with a reason or harmless, never else. */
class ArchiveFuzzPropertyTest {
    @TempDir Path folder;

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void damageIsRefusedOrHarmless(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Path file = Files.write(folder.resolve("damaged.pt"), damaged(random));

        try (Archive archive = Archive.open(file)) {
            assertThat(archive.modules()).isNotEmpty();
        } catch (AuditException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static byte[] damaged(SplittableRandom random) throws IOException {
        ArchiveForge forge = ArchiveForge.of(TestArchives.small("residual"));
        switch (random.nextInt(4)) {
            case 0 -> forge.put("/data.pkl", flipped(forge.content("/data.pkl"), random));
            case 1 -> forge.put("__torch__.py", flipped(forge.content("__torch__.py"), random));
            case 2 -> forge.put("constants.pkl", flipped(forge.content("/data.pkl"), random));
            default -> {
                return flipped(forge.bytes(), random);
            }
        }
        return forge.bytes();
    }

    private static byte[] flipped(byte[] content, SplittableRandom random) {
        byte[] copy = content.clone();
        int flips = random.nextInt(1, 12);
        for (int i = 0; i < flips; i++) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return copy;
    }
}
