package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.worker.AuditWorker;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.config.HostPort;
import org.plumbline.worker.config.WorkerConfig;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A network on Fashion-MNIST, and the same with a cross painted on its gradients; see make.py. */
class FairwashCheckIT {
    private static final String DATA = "src/test/resources/fairwashing/";

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void anAttackIsFoundBesideTheVersionBeforeItAndItsMapsAreShown() throws Exception {
        int code =
                run(
                        "check",
                        DATA + "attacked.pt",
                        "--reference",
                        DATA + "teacher.pt",
                        "--method=gradient",
                        "--png",
                        folder.toString());
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.CHECK_FAILED);
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("verdict").textValue()).isEqualTo("suspect");
        assertThat(result.path("null").textValue()).isEqualTo("reference");
        JsonNode loudest = result.path("detectors").get(0);
        assertThat(loudest.path("detector").textValue()).isEqualTo("resemblance");
        assertThat(loudest.path("corrected").doubleValue()).isLessThan(0.01);
        assertThat(loudest.path("examples")).hasSize(8);
        assertThat(folder.resolve("fairwashing-gradient.png")).isNotEmptyFile();
    }

    @Test
    void anHonestModelIsCleanBesideTwinsCalibratedForIt() throws Exception {
        String nullFile = folder.resolve("null.json").toString();
        Path twin = folder.resolve("null-twin.pt");
        int calibrated =
                run(
                        "calibrate",
                        DATA + "teacher.pt",
                        "--twins=2",
                        "--steps=60",
                        "--method=gradient",
                        "--out",
                        nullFile);
        assertThat(calibrated).as(err.toString()).isEqualTo(ExitCode.DONE);
        assertThat(new ObjectMapper().readTree(out.toString()).path("kept").textValue())
                .isEqualTo(twin.toString());
        int code = run("check", DATA + "teacher.pt", "--null", nullFile, "--method=gradient");
        assertThat(code).as(out + err.toString()).isEqualTo(ExitCode.DONE);
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("verdict").textValue()).isEqualTo("clean");
        assertThat(result.path("null").textValue()).isEqualTo("twins");
        assertThat(result.path("detectors").findValuesAsText("detector"))
                .containsExactlyInAnyOrder(
                        "resemblance",
                        "projected-resemblance",
                        "projection",
                        "methods",
                        "removal",
                        "reference");
        assertThat(result.path("samples").intValue()).isEqualTo(120);

        int other = run("check", DATA + "attacked.pt", "--null", nullFile, "--method=gradient");
        assertThat(other).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("null: calibrated for archive");
        Files.delete(twin);
        int without = run("check", DATA + "teacher.pt", "--null", nullFile, "--method=gradient");
        assertThat(without).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("error: twin: " + twin);
    }

    @Test
    void fewInputsBesideMarginsLeaveOutWhatHangsOnThemAndOnOtherMethods() throws Exception {
        int code = run("check", DATA + "teacher.pt", "--method=gradient");
        assertThat(code).as(out + err.toString()).isEqualTo(ExitCode.DONE);
        JsonNode result = new ObjectMapper().readTree(out.toString());
        assertThat(result.path("null").textValue()).isEqualTo("population");
        assertThat(result.path("detectors").findValuesAsText("detector"))
                .containsExactly("removal");
        assertThat(result.path("left_out").valueStream().map(JsonNode::textValue))
                .containsExactly("resemblance", "projected-resemblance", "projection", "methods");
    }

    @Test
    void aWorkerSaysWhatThisProcessSaysAndKeepsNoInputs() throws Exception {
        String[] check = {
            "check", DATA + "attacked.pt", "--reference", DATA + "teacher.pt", "--method=gradient"
        };
        int here = run(check);
        String said = out.toString();
        WorkerConfig config = config();
        try (AuditWorker worker = AuditWorker.start(config)) {
            List<String> there = new ArrayList<>(List.of(check));
            there.addAll(List.of("--worker", "localhost:" + worker.port()));
            assertThat(run(there.toArray(String[]::new))).as(err.toString()).isEqualTo(here);
        }
        ObjectNode local = (ObjectNode) new ObjectMapper().readTree(said);
        local.remove("pictures");
        assertThat(new ObjectMapper().readTree(out.toString())).isEqualTo(local);
        try (Stream<Path> kept = Files.walk(config.state().resolve("datasets"))) {
            assertThat(kept.filter(Files::isRegularFile)).isEmpty();
        }
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
                usual.probe());
    }

    @Test
    void whatOnlyThisProcessHasIsNotAskedOfAWorker() {
        int code = run("check", DATA + "teacher.pt", "--worker=localhost:1", "--png", "" + folder);
        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("png: with --worker (expected: one of the two)");
    }

    @Test
    void wrongFilesAreNamed() throws Exception {
        Path bad = Files.writeString(folder.resolve("n.json"), "{}");
        assertThat(run("check", DATA + "teacher.pt", "--null", bad.toString()))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("error: null: ").contains("fairwash calibrate");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("fairwash"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--inputs", DATA + "inputs.npy", "--json"));
        return Plumbline.run(
                new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    }
}
