package org.plumbline.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

class PrometheusRulesTest {
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
    private static final Path RULES = Path.of("prometheus");

    @BeforeAll
    static void promtoolIsInstalled() {
        assumeTrue(Files.isExecutable(PROMTOOL), "promtool is not installed");
    }

    @Test
    void rulesAreWellFormed() throws Exception {
        assertThat(
                        promtool(
                                "check",
                                "rules",
                                RULES.resolve("alerts.yml").toString(),
                                RULES.resolve("recording.yml").toString()))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    @Test
    void alertsFireAndStayQuietAsTheirTestsSay() throws Exception {
        List<String> command = new ArrayList<>(List.of("test", "rules"));
        command.addAll(testFiles());
        assertThat(promtool(command.toArray(String[]::new)))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    private static List<String> testFiles() throws IOException {
        try (Stream<Path> files = Files.list(RULES.resolve("tests"))) {
            return files.sorted(Comparator.naturalOrder()).map(Path::toString).toList();
        }
    }

    private static String promtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(PROMTOOL.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
