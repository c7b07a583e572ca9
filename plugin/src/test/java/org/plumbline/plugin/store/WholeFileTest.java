package org.plumbline.plugin.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

class WholeFileTest {
    @TempDir Path folder;

    @Test
    void whatBreaksOffLeavesTheFileAsItWas() throws IOException {
        Path file = folder.resolve("made/where/missing.txt");
        WholeFile.write(file, "before");
        assertThatThrownBy(
                        () ->
                                WholeFile.write(
                                        file,
                                        out -> {
                                            out.write('h');
                                            throw new IOException("disk full");
                                        }))
                .hasMessage("disk full");
        assertThat(file).hasContent("before");
        WholeFile.write(file, "after");
        assertThat(file).hasContent("after");
        assertThat(file.resolveSibling("").toFile().list()).containsExactly("missing.txt");
    }
}
