package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.worker.dataset.AuditDataset;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;

class GenerateCommandTest {
    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String artifact, String... more) {
        String[] fixed = {
            "generate",
            "--json",
            "--data=glyphs",
            "--train=200",
            "--test=50",
            "--artifact=" + artifact,
            "--out=" + folder.resolve("data")
        };
        String[] all = Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return Plumbline.run(new PrintWriter(out), new PrintWriter(err), all);
    }

    @Test
    void coloursHaveTheShareOfExceptionsAskedFor() throws Exception {
        assertThat(run("background-colour", "--rho=0.9", "--form=images"))
                .as(err.toString())
                .isEqualTo(ExitCode.DONE);
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.at("/train/rows").intValue()).isEqualTo(200);
        assertThat(result.at("/train/conflicting").intValue()).isEqualTo(20);
        assertThat(result.at("/test/conflicting").intValue()).isEqualTo(50); // trunc(5 * 0.1) = 0
        assertThat(result.path("concepts")).hasSize(10);
        assertThat(AuditDataset.load(folder.resolve("data")).inputs(0).shape())
                .containsExactly(1, 3, 28, 28);
    }

    @Test
    void anArtifactGoesWithTheClassAskedFor() {
        assertThat(run("lsb", "--class=4", "--share=1")).isEqualTo(ExitCode.DONE);
        AuditDataset data = AuditDataset.load(folder.resolve("data"));
        assertThat(data.rows()).isEqualTo(300);
        long[] labels = data.labels();
        long[] concept = data.concept(data.concepts().iterator().next());
        for (int row = 0; row < 200; row++) {
            assertThat(concept[row]).isEqualTo(labels[row] == 4 ? 1 : 0);
        }
    }

    @Test
    void wrongArgumentsAreOneClearLineAndNothingIsOverwritten() {
        assertThat(run("ruler")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: artifact: ruler (expected: timestamp,");
        assertThat(run("patch")).isEqualTo(ExitCode.DONE);
        assertThat(run("patch")).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("expected: a folder that is new or empty");
    }
}
