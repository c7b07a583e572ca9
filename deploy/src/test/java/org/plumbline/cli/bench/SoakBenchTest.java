package org.plumbline.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.Progress;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

class SoakBenchTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void arraysAreFreedAsTheyComeAndMemoryIsRead() throws Exception {
        Progress quiet = new Progress(new PrintWriter(new StringWriter()), false);
        JsonNode result = new SoakBench(Path.of("models"), folder, quiet).run(500);
        assertThat(result.path("audits").asLong()).isEqualTo(500);
        assertThat(result.path("dropped").asLong()).isZero();
        // an audit may be counted just before its arrays are freed; a leak would keep 450 or more
        assertThat(result.path("managed_arrays_at_100_percent").asInt())
                .isLessThan(result.path("managed_arrays_at_10_percent").asInt() + 100);
        assertThat(result.path("rss_mb_at_50_percent").asDouble()).isPositive();
    }
}
