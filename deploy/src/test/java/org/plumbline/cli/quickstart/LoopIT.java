package org.plumbline.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.cli.Plumbline;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Progress;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The loop with worker and server as two real processes, on a small synthetic data set. */
class LoopIT {
    private static final Scale SMALL = new Scale(2000, 400, 40, 4, 4);
    private static final Pattern SERIES = Pattern.compile("(?<![a-z:_])plumbline_[a-z_]+");
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir private Path folder = Path.of("");

    @Test
    void biasedModelIsAuditedRepairedAndReplacedByTwoProcesses() throws Exception {
        IdxFiles.write(folder.resolve("idx"), SMALL.trainingImages(), SMALL.testImages());
        Path out = folder.resolve("out");
        Files.createDirectories(out.resolve("run"));
        StringWriter progress = new StringWriter();
        Quickstart.Result result;
        ServiceProcess worker;
        ServiceProcess server;
        try (Quickstart run =
                new Quickstart(
                        out,
                        Path.of("models/fashion_cnn.pt"),
                        SMALL,
                        new Progress(new PrintWriter(progress), false))) {
            result = run(run, progress);
            worker = run.service("worker");
            server = run.service("server");
            everySeriesOfTheRulesIsEmitted(server, worker);
            theAuditPageShowsTheModel(server);
            theClientCommandsWork(worker.port("port"), out);
            theSameCorrectionWorksWithoutAWorker(out);
        }
        assertThat(worker.alive()).isFalse();
        assertThat(server.alive()).isFalse();
        Summary.Measured before = result.summary().before();
        Summary.Measured after = result.summary().after();
        assertThat(before.live().audited()).isEqualTo(2.0 * SMALL.requests());
        assertThat(after.live().magnitude()).isLessThan(before.live().magnitude() / 2);
        assertThat(after.answers().accuracy())
                .isGreaterThanOrEqualTo(before.answers().accuracy() - 0.05);
        assertThat(progress.toString()).contains("the server promoted the repaired model");
        theReportTellsWhatWasMeasured(out, result);
    }

    private Quickstart.Result run(Quickstart run, StringWriter progress) throws Exception {
        try {
            return run.run(folder.resolve("idx"));
        } catch (Quickstart.Refused e) {
            throw new AssertionError(progress.toString(), e);
        }
    }

    private static void theReportTellsWhatWasMeasured(Path out, Quickstart.Result result)
            throws Exception {
        Report.write(out, result);
        JsonNode json = MAPPER.readTree(out.resolve(Report.JSON).toFile());
        assertThat(json.at("/after/sensitivity_abs").doubleValue())
                .isEqualTo(result.summary().after().live().magnitude());
        assertThat(json.at("/gate/accepted").booleanValue()).isTrue();
        assertThat(Files.readString(out.resolve(Report.HTML)))
                .contains("<title>Plumbline quickstart report</title>", "data:image/png;base64,")
                .doesNotContain(">NaN<", ">null<");
    }

    private static void everySeriesOfTheRulesIsEmitted(ServiceProcess server, ServiceProcess worker)
            throws Exception {
        Set<String> named = new TreeSet<>();
        for (String file : List.of("alerts.yml", "recording.yml")) {
            Matcher series = SERIES.matcher(Files.readString(Path.of("prometheus", file)));
            while (series.find()) {
                named.add(series.group());
            }
        }
        Set<String> emitted = new TreeSet<>();
        emitted.addAll(names(new HostClient(server.port("port"))));
        emitted.addAll(names(new HostClient(worker.port("metrics_port"))));
        named.removeIf(name -> name.startsWith("plumbline_fairwashing_")); // off unless asked for
        assertThat(named).hasSizeGreaterThan(5);
        assertThat(emitted).containsAll(named);
    }

    private static Set<String> names(HostClient host) throws Exception {
        return new TreeSet<>(Exposition.parse(host.text("/metrics")).names());
    }

    private void theAuditPageShowsTheModel(ServiceProcess server) throws Exception {
        String url = "http://127.0.0.1:" + server.port("port") + "/audit";
        assertThat(new HostClient(server.port("port")).text("/audit")).contains("<html");
        if (Files.isExecutable(CHROMIUM)) {
            assertThat(dom(url)).contains(ModelFolder.NAME).contains(FashionBias.CONCEPT);
        }
    }

    private String dom(String url) throws Exception {
        Path profile = folder.resolve("browser");
        Process browser =
                new ProcessBuilder(
                                CHROMIUM.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--virtual-time-budget=5000",
                                "--user-data-dir=" + profile,
                                "--dump-dom",
                                url)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        byte[] page = browser.getInputStream().readAllBytes();
        assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new String(page, StandardCharsets.UTF_8);
    }

    private static void theClientCommandsWork(int port, Path out) throws Exception {
        String worker = "--worker=localhost:" + port;
        JsonNode jobs = json(ExitCode.DONE, "jobs", worker);
        assertThat(jobs).hasSize(2);
        String job = jobs.get(0).path("name").textValue();
        assertThat(jobs.get(0).path("method").textValue()).isEqualTo("rr-clarc");
        assertThat(json(ExitCode.DONE, "watch", job, worker).path("state").textValue())
                .isEqualTo("CORRECTION_STATE_SUCCEEDED");
        assertThat(json(ExitCode.DONE, "cancel", job, worker).path("state").textValue())
                .isEqualTo("CORRECTION_STATE_SUCCEEDED");
        Path fetched = out.resolve("fetched.pt");
        json(ExitCode.DONE, "fetch", job, worker, "--out", fetched.toString());
        assertThat(json(ExitCode.DONE, "verify", fetched.toString()).isObject()).isTrue();
        JsonNode checked =
                json(
                        ExitCode.DONE,
                        "submit",
                        out.resolve("run/biased.pt").toString(),
                        worker,
                        "--data=" + out.resolve("run/data"),
                        "--method=rr-clarc",
                        "--layer=" + ModelFolder.LAYER,
                        "--concept=" + FashionBias.CONCEPT,
                        "--param=lambda=10",
                        "--validate-only");
        assertThat(checked.at("/spec/model_name").textValue()).isEqualTo("biased");
        assertThat(json(ExitCode.DONE, "jobs", worker)).hasSize(2);
        assertThat(run(ExitCode.BAD_INPUT, "watch", "corrections/none", worker))
                .startsWith("error: ")
                .hasLineCount(1);
        JsonNode evaluated =
                json(
                        ExitCode.DONE,
                        "evaluate",
                        fetched.toString(),
                        "--data=" + out.resolve("run/data"),
                        "--layer=" + ModelFolder.LAYER,
                        "--concept=" + FashionBias.CONCEPT,
                        "--class=" + FashionBias.TARGET);
        assertThat(evaluated.path("accuracy").doubleValue()).isBetween(0.5, 1.0);
    }

    private static void theSameCorrectionWorksWithoutAWorker(Path out) throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "correct",
                                out.resolve("run/biased.pt").toString(),
                                "--method=rr-clarc",
                                "--data=" + out.resolve("run/data"),
                                "--layer=" + ModelFolder.LAYER,
                                "--concept=" + FashionBias.CONCEPT,
                                "--class=" + FashionBias.TARGET,
                                "--out=" + out.resolve("local.pt"),
                                "--report=" + out.resolve("local")));
        FashionBias.correction(SMALL.correctionEpochs())
                .forEach((name, value) -> arguments.add("--param=" + name + "=" + value));
        JsonNode outcome = json(ExitCode.DONE, arguments.toArray(String[]::new));
        assertThat(MAPPER.readTree(out.resolve("local/report.json").toFile())).isEqualTo(outcome);
        json(ExitCode.DONE, "verify", out.resolve("local.pt").toString());
    }

    private static JsonNode json(int exitCode, String... arguments) throws Exception {
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--json";
        return MAPPER.readTree(run(exitCode, all));
    }

    /** Runs a command and returns what it printed: stdout if it went well, else stderr. */
    private static String run(int exitCode, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Plumbline.run(new PrintWriter(out), new PrintWriter(err), arguments);
        assertThat(code).as("%s%n%s", out, err).isEqualTo(exitCode);
        return code == ExitCode.DONE ? out.toString() : err.toString();
    }
}
