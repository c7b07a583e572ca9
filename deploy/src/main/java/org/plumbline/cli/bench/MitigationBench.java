package org.plumbline.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.quickstart.HostClient;
import org.plumbline.cli.quickstart.ServiceProcess;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Progress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How soon a mitigation acts and what it adds to answers: two servers with the plugin in two
 * processes, asked over HTTP with the same tensor. Confined to one thread.
 */
final class MitigationBench {
    private static final int MOST_TRIES = 120;
    private static final int PAUSE_MILLIS = 500;
    private static final int SWITCHES = 6;
    private static final List<Case> CASES =
            List.of(new Case(ServedCase.SMALL_CNN, 600), new Case(ServedCase.RESNET_18, 60));

    private final Path models;
    private final Path work;
    private final Progress progress;

    /**
     * Makes a benchmark.
     *
     * @param models folder of the committed archives
     * @param work existing empty folder
     */
    MitigationBench(Path models, Path work, Progress progress) {
        this.models = models;
        this.work = work;
        this.progress = progress;
    }

    /** A model and the calls to time. */
    private record Case(ServedCase served, int calls) {}

    /** Measures every model and adds a row for each. */
    void run(ArrayNode rows) throws IOException, InterruptedException {
        for (Case model : CASES) {
            String name = model.served().name();
            progress.say("preparing " + name);
            Path folder = model.served().prepare(models, work, 0); // answers alone are timed
            try (ServiceProcess plain = start(name + "-plain", folder);
                    ServiceProcess mitigated = start(name + "-mitigated", folder)) {
                rows.add(measure(model, plain, mitigated));
            }
        }
    }

    private ServiceProcess start(String name, Path folder)
            throws IOException, InterruptedException {
        Path logs = Files.createDirectories(work.resolve("logs").resolve(name));
        return ServiceProcess.start(
                logs, "server", List.of("--models", folder.toString(), "--port", "0"));
    }

    private ObjectNode measure(
            Case model, ServiceProcess plainServer, ServiceProcess mitigatedServer)
            throws IOException, InterruptedException {
        Served plain = new Served(model.served(), new HostClient(plainServer.port("port")));
        Served mitigated = new Served(model.served(), new HostClient(mitigatedServer.port("port")));
        for (Served served : List.of(plain, mitigated)) {
            served.awaitConcept();
            for (int i = 0; i < model.calls() / 3; i++) {
                served.answer();
            }
        }
        Switch first = mitigated.switchOn();
        Series later = new Series();
        for (int i = 1; i < SWITCHES; i++) {
            mitigated.switchOff();
            later.add(mitigated.switchOn().seconds());
        }
        ObjectNode row =
                Output.object()
                        .put("model", model.served().name())
                        .put("first_switch_on_seconds", first.seconds())
                        .put("of_which_first_answer_seconds", first.answerSeconds())
                        .put("later_switch_on_seconds", later.median());
        compare(model, plain, mitigated, row);
        return row;
    }

    private void compare(Case model, Served plain, Served mitigated, ObjectNode row)
            throws IOException, InterruptedException {
        Series without = new Series();
        Series with = new Series();
        boolean moved = true;
        for (int i = 0; i < model.calls(); i++) {
            boolean first = i % 2 == 0; // neither always runs on the other's warm caches
            Timed a = (first ? plain : mitigated).answer();
            Timed b = (first ? mitigated : plain).answer();
            without.add(1e3 * (first ? a : b).seconds());
            with.add(1e3 * (first ? b : a).seconds());
            moved &= !a.answer().equals(b.answer());
            progress.show("mitigation", i + 1L, model.calls(), model.served().name());
        }
        progress.done();
        row.put("plain_ms", without.median())
                .put("mitigated_ms", with.median())
                .put("ratio", with.median() / without.median())
                .put("every_answer_moved", moved);
    }

    private record Timed(ByteBuffer answer, double seconds) {}

    private record Switch(double seconds, double answerSeconds) {}

    /** A server's model. */
    private static final class Served {
        private final ServedCase model;
        private final HostClient host;
        private final byte[] body;

        Served(ServedCase model, HostClient host) {
            this.model = model;
            this.host = host;
            body = model.request(1);
        }

        void awaitConcept() throws IOException, InterruptedException {
            String path = "/audit/models/" + model.name();
            for (int tries = 0; tries < MOST_TRIES && host.json(path).path("cavs").isEmpty(); ) {
                tries++;
                Thread.sleep(PAUSE_MILLIS);
            }
        }

        Timed answer() throws IOException, InterruptedException {
            long start = System.nanoTime();
            byte[] answer = host.predict(model.name(), "tensor/ndlist", body);
            return new Timed(ByteBuffer.wrap(answer), (System.nanoTime() - start) / 1e9);
        }

        /** Returns the time from the request until the first projected answer has come. */
        Switch switchOn() throws IOException, InterruptedException {
            long start = System.nanoTime();
            host.post(
                    mitigations(),
                    Output.object().put("concept", ServedCase.CONCEPT).put("duration", "1h"));
            Timed first = answer();
            return new Switch((System.nanoTime() - start) / 1e9, first.seconds());
        }

        void switchOff() throws IOException, InterruptedException {
            host.delete(mitigations());
        }

        private String mitigations() {
            return "/audit/models/" + model.name() + "/mitigations";
        }
    }
}
