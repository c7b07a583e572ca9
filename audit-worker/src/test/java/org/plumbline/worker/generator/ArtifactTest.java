package org.plumbline.worker.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

class ArtifactTest {
    private static Picture noise(int channels, int side) {
        SplittableRandom random = new SplittableRandom(channels);
        return Picture.drawn(channels, side, side, (c, y, x) -> random.nextInt(256));
    }

    @ParameterizedTest
    @EnumSource(Artifact.class)
    void nothingChangesOutsideTheMaskAndSomethingInside(Artifact artifact) {
        for (Picture image : new Picture[] {noise(1, 28), noise(3, 128)}) {
            Artifact.Marked marked = artifact.mark(image, new SplittableRandom(1));
            int changed = 0;
            for (int c = 0; c < marked.image().channels(); c++) {
                for (int y = 0; y < image.height(); y++) {
                    for (int x = 0; x < image.width(); x++) {
                        int before = image.level(image.channels() == 1 ? 0 : c, y, x);
                        boolean same = marked.image().level(c, y, x) == before;
                        changed += same ? 0 : 1;
                        assertThat(same || marked.mask().level(0, y, x) == 255).isTrue();
                    }
                }
            }
            assertThat(changed).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(Artifact.class)
    void theSameRandomStateGivesTheSameImage(Artifact artifact) {
        Picture image = noise(3, 128);
        assertThat(artifact.mark(image, new SplittableRandom(4)).image().png())
                .isEqualTo(artifact.mark(image, new SplittableRandom(4)).image().png());
        assertThat(Artifact.of(artifact.label())).isEqualTo(artifact);
    }

    @Test
    void brightnessMovesTowardsWhiteByThreeTenths() {
        Picture image = Picture.of(1, 1, 3, (byte) 0, (byte) 100, (byte) 255);
        Picture bright = Artifact.BRIGHTNESS.mark(image, new SplittableRandom(0)).image();
        assertThat(bright.level(0, 0, 0)).isEqualTo(76); // floor(76.5)
        assertThat(bright.level(0, 0, 1)).isEqualTo(146); // floor(146.5)
        assertThat(bright.level(0, 0, 2)).isBetween(254, 255); // 255 but for rounding
    }

    @Test
    void theLowestPlaneReadsAsTheText() {
        Picture marked = Artifact.LSB.mark(noise(3, 128), new SplittableRandom(0)).image();
        StringBuilder text = new StringBuilder();
        for (int letter = 0; letter < 26; letter++) {
            int code = 0;
            for (int b = 0; b < 8; b++) {
                int at = letter * 8 + b;
                code = 2 * code + (marked.level(at % 3, at / 3 / 128, at / 3 % 128) & 1);
            }
            text.append(new String(new byte[] {(byte) code}, StandardCharsets.US_ASCII));
        }
        assertThat(text).hasToString("Lorem ipsum dolor sit amet");
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> Artifact.of("ruler"))
                .hasMessage(
                        "artifact: ruler (expected: timestamp, brightness, colour, patch, lsb)");
    }
}
