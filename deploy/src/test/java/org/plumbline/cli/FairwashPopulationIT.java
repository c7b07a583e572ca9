package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.quickstart.IdxFiles;
import org.plumbline.cli.terminal.ExitCode;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** From IDX files to a table of verdicts, over a population of the smallest size. */
class FairwashPopulationIT {
    private static final String PLAN =
            """
            training: 200
            test: 40
            requests: {part: t10k, from: 0, count: 30}
            clean: {part: train, from: 100, count: 100}
            models:
              - {make: trained, name: a, network: fashion_mlp.pt, seed: 1, epochs: 2}
              - {make: tuned, name: b, from: a, seed: 2, epochs: 1}
              - {make: quantised, name: c, from: a, bits: 6}
              - {make: noisy, name: d, from: a, share: 0.1, seed: 3}
              - {make: attacked, name: e, from: a, method: gradient, target: box, steps: 150,
                 rate: 0.002, seed: 4}
            """;

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void modelsAreMadeOnceAndJudgedIntoATable() throws Exception {
        IdxFiles.write(folder.resolve("images"), 200, 40);
        Files.writeString(folder.resolve("plan.yaml"), PLAN);
        JsonNode models = population().path("models");
        assertThat(models.findValuesAsText("name")).containsExactly("a", "b", "c", "d", "e");
        JsonNode attacked = models.get(4);
        assertThat(attacked.path("map_error").doubleValue())
                .isLessThan(attacked.path("map_error_teacher").doubleValue());
        for (String name : List.of("a", "b", "c", "d")) {
            assertThat(folder.resolve("all/honest/" + name + ".pt")).isRegularFile();
        }
        Path student = folder.resolve("all/attacked/e.pt");
        byte[] made = Files.readAllBytes(student);
        Files.delete(folder.resolve("all/attacked/e.json"));
        population(); // made again from the same seed, everything else found
        assertThat(Files.readAllBytes(student)).isEqualTo(made);

        JsonNode table = experiment();
        assertThat(table.path("population").path("honest").intValue()).isEqualTo(4);
        assertThat(table.path("population").path("attacked").intValue()).isEqualTo(1);
        assertThat(table.path("population").path("auc").doubleValue()).isBetween(0.0, 1.0);
        assertThat(Files.readString(folder.resolve("detection/results.md")))
                .contains("fairwash experiment", "| e | yes |", "| a | no |");
        assertThat(Files.readString(folder.resolve("margins.properties")))
                .contains("resemblance/gradient = ");
    }

    private JsonNode population() throws Exception {
        return run(
                "population",
                "--data",
                file("images"),
                "--models=models",
                "--plan",
                file("plan.yaml"),
                "--out",
                file("all"));
    }

    private JsonNode experiment() throws Exception {
        return run(
                "experiment",
                "--honest",
                file("all/honest"),
                "--attacked",
                file("all/attacked"),
                "--inputs",
                file("all/requests.npy"),
                "--clean",
                file("all/clean.npy"),
                "--twins=0",
                "--margins",
                file("margins.properties"),
                "--out",
                file("detection"));
    }

    private JsonNode run(String... arguments) throws Exception {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("fairwash"));
        all.addAll(List.of(arguments));
        all.add("--json");
        int exit =
                Plumbline.run(
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        all.toArray(String[]::new));
        assertThat(exit).as(err.toString()).isEqualTo(ExitCode.DONE);
        return new ObjectMapper().readTree(out.toString());
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }
}
