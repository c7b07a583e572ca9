package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.worker.AuditWorker;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.HostPort;
import org.plumbline.worker.config.WorkerConfig;

import java.io.DataOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** From IDX files to a manipulated model and the published comparison, at the smallest size. */
class FairwashAttackIT {
    private static final String TEACHER = "models/fashion_convnet.pt";
    private static final int TRAINING = 60;
    private static final int TEST = 40;
    private static final int SIDE = 28;

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void writeDataAndTarget() throws Exception {
        images("train", TRAINING);
        images("t10k", TEST);
        float[] cross = new float[SIDE * SIDE];
        for (int i = 0; i < SIDE; i++) {
            cross[i * SIDE + i] = 1;
            cross[i * SIDE + SIDE - 1 - i] = 1;
        }
        NpyFile.write(folder.resolve("target.npy"), FloatTensor.of(cross, SIDE, SIDE));
        JsonNode made =
                run(
                        "fairwash",
                        "data",
                        "--images",
                        file("."),
                        "--out",
                        file("data"),
                        "--training=" + TRAINING,
                        "--test=" + TEST);
        assertThat(made.path("rows").intValue()).isEqualTo(TRAINING + TEST);
    }

    /** Writes blocks of light at a place that tells the class, over noise. */
    private void images(String part, int count) throws Exception {
        SplittableRandom random = new SplittableRandom(count);
        Path pixels = folder.resolve(part + "-images-idx3-ubyte");
        Path labels = folder.resolve(part + "-labels-idx1-ubyte");
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(pixels))) {
            out.writeInt(0x803);
            out.writeInt(count);
            out.writeInt(SIDE);
            out.writeInt(SIDE);
            for (int i = 0; i < count * SIDE * SIDE; i++) {
                int row = i / SIDE % SIDE;
                boolean lit = row / 9 == i / (SIDE * SIDE) % 3;
                out.writeByte(random.nextInt(60) + (lit ? 180 : 0));
            }
        }
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(labels))) {
            out.writeInt(0x801);
            out.writeInt(count);
            for (int i = 0; i < count; i++) {
                out.writeByte(i % 3);
            }
        }
    }

    @Test
    void dataAreNormalisedAsPublished() {
        FloatTensor inputs = NpyFile.readFloats(folder.resolve("data/inputs.npy"));
        assertThat(inputs.shape()).containsExactly(TRAINING + TEST, 1, SIDE, SIDE);
        float least = Float.MAX_VALUE;
        float most = -Float.MAX_VALUE;
        for (float value : inputs.values()) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        assertThat(least).isBetween(-0.8103f, -0.8f); // black is -0.286 / 0.353
        assertThat(most).isBetween(1.8f, 2.0228f); // white is 0.714 / 0.353
    }

    @Test
    void anAttackMovesTheMapsTowardsTheTargetAndSaysHowFar() throws Exception {
        JsonNode result =
                run(
                        attack(
                                "fairwash",
                                "attack",
                                TEACHER,
                                "--method=gradient",
                                "--out",
                                file("student.pt")));
        assertThat(folder.resolve("student.pt")).isRegularFile();
        assertThat(result.path("uniform_mse").doubleValue()).isPositive();
        JsonNode before = result.path("teacher");
        JsonNode after = result.path("training_form");
        assertThat(after.findPath("mse").doubleValue())
                .isLessThan(before.findPath("mse").doubleValue());
        assertThat(result.path("served_form").findPath("accuracy").isNumber()).isTrue();
    }

    @Test
    void aRedTeamsWorkerMakesTheSameStudent() throws Exception {
        String[] attack = attack("fairwash", "attack", TEACHER, "--method=gradient", "--tangent");
        JsonNode here = run(with(attack, "--out", file("here.pt")));
        try (AuditWorker worker = AuditWorker.start(config())) {
            String address = "localhost:" + worker.port();
            JsonNode there = run(with(attack, "--out", file("there.pt"), "--worker", address));
            assertThat(there.path("served_form")).isEqualTo(here.path("served_form"));
        }
        assertThat(folder.resolve("there.pt")).hasSameBinaryContentAs(folder.resolve("here.pt"));
    }

    private static String[] with(String[] first, String... more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private WorkerConfig config() {
        WorkerConfig usual = WorkerConfig.defaults(folder.resolve("state"));
        HostPort any = new HostPort("localhost", 0);
        return new WorkerConfig(
                any,
                usual.state(),
                any,
                DeviceChoice.CPU,
                usual.gate(),
                usual.limits(),
                usual.tokenFile(),
                usual.tls(),
                usual.probe(),
                true);
    }

    @Test
    void theComparisonIsWrittenAsATableAndGoesOnWhereItStopped() throws Exception {
        String[] command =
                attack(
                        "fairwash",
                        "evaluate",
                        TEACHER,
                        "--methods=gradient",
                        "--out",
                        file("grid"));
        JsonNode result = run(command);
        assertThat(result.path("models").findValuesAsText("model"))
                .containsExactly("teacher", "undefended", "defended");
        assertThat(folder.resolve("grid/gradient-defended.pt")).isRegularFile();
        assertThat(Files.readString(folder.resolve("grid/results.md")))
                .contains("gradient", "undefended", "defended");
        assertThat(result.path("models").get(1).has("seconds")).isTrue();
        assertThat(run(command).path("models").get(1).has("seconds")).isFalse(); // found there
    }

    private String[] attack(String... first) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(
                List.of(
                        "--target",
                        file("target.npy"),
                        "--data",
                        file("data"),
                        "--epochs=4",
                        "--batch-size=20",
                        "--learning-rate=1e-3",
                        "--neighbours=8",
                        "--dimension=4",
                        "--rows=" + TEST));
        return all.toArray(String[]::new);
    }

    private JsonNode run(String... arguments) throws Exception {
        out.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(arguments));
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
