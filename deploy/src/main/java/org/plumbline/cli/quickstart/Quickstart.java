package org.plumbline.cli.quickstart;

import org.plumbline.cli.client.Target;
import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.Following;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.SignalCav;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tensor.DenseVector;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.Delivery;
import org.plumbline.proto.v1.DeliveryState;
import org.plumbline.proto.v1.GateMode;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.Picture;
import org.plumbline.worker.generator.PictureSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One run of the loop: biased model, traffic, live numbers, correction, repaired model, the same
 * traffic again. Confined to one thread; {@link #close} may be called from another.
 */
final class Quickstart implements AutoCloseable {
    private static final String DATASET = "datasets/fashion";
    private static final Duration SERVING = Duration.ofSeconds(60);
    private static final Duration DELIVERED = Duration.ofSeconds(60);
    private static final int POLL_MILLIS = 200;
    private static final int TILES = 6;
    private static final int EXAMPLES = 200;

    private final Path folder;
    private final Path work;
    private final Path skeleton;
    private final Scale scale;
    private final Progress progress;
    private final List<ServiceProcess> services = new ArrayList<>();
    private final List<Summary.Step> steps = new ArrayList<>();
    private Instant stepStart = Instant.now();

    /**
     * Makes a run.
     *
     * @param folder existing folder; logs go there, all else to its {@code run}, which exists too
     */
    Quickstart(Path folder, Path skeleton, Scale scale, Progress progress) {
        this.folder = folder;
        this.work = folder.resolve("run");
        this.skeleton = skeleton;
        this.scale = scale;
        this.progress = progress;
    }

    /**
     * Runs the loop.
     *
     * @param images folder of the four IDX files
     * @throws AuditException {@code FAILED_PRECONDITION} if the gate refused the correction
     */
    Result run(Path images) throws IOException, InterruptedException {
        progress.say("1/7 data: Fashion-MNIST with a time stamp on half of the T-shirts");
        PictureSet test = FashionBias.images(images, "t10k", scale.testImages());
        BiasedSet data =
                FashionBias.biased(
                        FashionBias.images(images, "train", scale.trainingImages()), test);
        data.writeTensors(work.resolve("data"));
        progress.say(
                String.format(
                        Locale.ROOT,
                        "    %d rows, %d training rows carry the artifact",
                        data.rows().size(),
                        data.training(true)));
        step("data");
        ServiceProcess worker = startWorker();
        try (WorkerClient client = WorkerClient.open(Target.loopback(worker.port("port")))) {
            Correction training = train(client);
            Path biased = work.resolve("biased.pt");
            client.download(training.getName(), biased);
            step("training");
            Path served = serve(biased, data, worker.port("port"));
            HostClient host = new HostClient(startServer().port("port"));
            Digest original = Digest.of(served);
            awaitAuditing(host, original);
            step("serving");
            progress.say("4/7 traffic: the same images without and with the time stamp");
            Traffic traffic = new Traffic(host, test, progress);
            Summary.Measured before = measure(host, traffic, "before", original);
            step("traffic_before");
            Correction repaired = repair(client, original);
            step("correction");
            Path checkpoint = work.resolve("repaired.pt");
            client.download(repaired.getName(), checkpoint);
            awaitPromotion(client, repaired);
            awaitAuditing(host, new Digest(repaired.getCheckpoint().getSha256()));
            step("delivery");
            progress.say("7/7 traffic: the same images again");
            Summary.Measured after =
                    measure(
                            host,
                            traffic,
                            "after",
                            new Digest(repaired.getCheckpoint().getSha256()));
            step("traffic_after");
            HeatMaps maps = HeatMaps.of(tiles(test), served, checkpoint, cav(served, data));
            step("heat_maps");
            return new Result(new Summary(training, repaired, before, after, steps), maps);
        }
    }

    private ServiceProcess startWorker() throws IOException, InterruptedException {
        progress.say("2/7 worker: starting");
        Path config = work.resolve("worker.yaml");
        Files.writeString(
                config,
                String.format(
                        Locale.ROOT,
                        """
                listen: localhost:0
                metrics-port: 0
                state: '%s'
                """,
                        work.resolve("worker-state")));
        return start("worker", List.of("--config", config.toString()));
    }

    private ServiceProcess startServer() throws IOException, InterruptedException {
        progress.say("3/7 server: starting");
        return start(
                "server", List.of("--models", work.resolve("models").toString(), "--port", "0"));
    }

    private ServiceProcess start(String name, List<String> arguments)
            throws IOException, InterruptedException {
        ServiceProcess service = ServiceProcess.start(folder, name, arguments);
        synchronized (services) {
            services.add(service);
        }
        return service;
    }

    private Correction train(WorkerClient client) throws IOException {
        progress.say("    uploading the data set and the untrained network");
        String digest = client.uploadArchive(skeleton);
        client.uploadDataset(DATASET, work.resolve("data"));
        progress.say("    training the biased model");
        Correction job =
                run(
                        client,
                        spec("vanilla", digest, GateMode.GATE_MODE_REPORT_ONLY)
                                .putAllParameters(FashionBias.training(scale.trainingEpochs())));
        if (job.getCheckpoint().getSha256().isEmpty()) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "training: " + job.getError() + " (expected: a checkpoint)");
        }
        return job;
    }

    private Correction repair(WorkerClient client, Digest original) throws IOException {
        progress.say("5/7 correction: rr-clarc");
        client.uploadArchive(work.resolve("biased.pt"));
        Correction job =
                run(
                        client,
                        spec("rr-clarc", original.hex(), GateMode.GATE_MODE_ENFORCE)
                                .setLayer(ModelFolder.LAYER)
                                .setConcept(FashionBias.CONCEPT)
                                .setTargetClass(FashionBias.TARGET)
                                .putAllParameters(
                                        FashionBias.correction(scale.correctionEpochs())));
        job.getGate()
                .getRulesList()
                .forEach(
                        rule ->
                                progress.say(
                                        String.format(
                                                Locale.ROOT,
                                                "    gate: %s %s",
                                                rule.getPassed() ? "pass" : "FAIL",
                                                rule.getDescription())));
        if (job.getState() != CorrectionState.CORRECTION_STATE_SUCCEEDED) {
            throw new Refused(job);
        }
        return job;
    }

    private Correction run(WorkerClient client, CorrectionSpec.Builder spec) {
        Correction created =
                client.create(
                        CreateCorrectionRequest.newBuilder()
                                .setRequestId(UUID.randomUUID().toString())
                                .setSpec(spec)
                                .build());
        return client.watch(created.getName(), new Following(progress));
    }

    private static CorrectionSpec.Builder spec(String method, String digest, GateMode gate) {
        return CorrectionSpec.newBuilder()
                .setModelName(ModelFolder.NAME)
                .setArchiveSha256(digest)
                .setDataset(DATASET)
                .setMethod(method)
                .setGateMode(gate);
    }

    private Path serve(Path biased, BiasedSet data, int workerPort) throws IOException {
        return ModelFolder.write(
                work.resolve("models"), biased, data, scale.requests(), workerPort);
    }

    private Summary.Measured measure(HostClient host, Traffic traffic, String label, Digest served)
            throws IOException, InterruptedException {
        Traffic.Answers answers = traffic.send(label, scale.requests());
        return new Summary.Measured(answers, LiveNumbers.await(host, served, scale.requests()));
    }

    private void awaitAuditing(HostClient host, Digest served)
            throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(SERVING);
        while (Exposition.parse(host.text("/metrics"))
                .ofVersion(served.brief())
                .value("plumbline_samples_total", Map.of("outcome", "audited"))
                .isEmpty()) {
            if (Instant.now().isAfter(deadline)) {
                throw AuditException.of(
                        ErrorCode.UNAVAILABLE,
                        "audit",
                        host.json("/audit/models/" + ModelFolder.NAME),
                        "version " + served.brief() + " audited");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void awaitPromotion(WorkerClient client, Correction job) throws InterruptedException {
        progress.say("6/7 delivery: waiting for the server to switch");
        Instant deadline = Instant.now().plus(DELIVERED);
        while (true) {
            List<Delivery> deliveries = client.correction(job.getName()).getDeliveriesList();
            for (Delivery delivery : deliveries) {
                if (delivery.getState() == DeliveryState.DELIVERY_STATE_PROMOTED) {
                    progress.say("    the server promoted the repaired model");
                    return;
                }
                if (delivery.getState() == DeliveryState.DELIVERY_STATE_FAILED
                        || delivery.getState() == DeliveryState.DELIVERY_STATE_ROLLED_BACK) {
                    throw new AuditException(
                            ErrorCode.UNAVAILABLE, "delivery: " + delivery.getDetail());
                }
            }
            if (Instant.now().isAfter(deadline)) {
                throw AuditException.of(
                        ErrorCode.UNAVAILABLE, "delivery", deliveries, "a promoted checkpoint");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns images of other classes with the artifact. */
    private static List<Picture> tiles(PictureSet test) {
        List<Picture> chosen = new ArrayList<>();
        for (int label = 1; chosen.size() < TILES; label++) {
            chosen.add(FashionBias.marked(test.images().get(test.labels().indexOf(label))));
        }
        return chosen;
    }

    private static DenseVector cav(Path archive, BiasedSet data) throws IOException {
        List<Picture> examples = new ArrayList<>(data.examples(FashionBias.TARGET, true, EXAMPLES));
        int positives = examples.size();
        examples.addAll(data.examples(FashionBias.TARGET, false, EXAMPLES));
        long[] concept = new long[examples.size()];
        float[] pixels = new float[examples.size() * FashionBias.SIDE * FashionBias.SIDE];
        for (int i = 0; i < concept.length; i++) {
            concept[i] = i < positives ? 1 : 0;
            examples.get(i).scaleInto(pixels, i * FashionBias.SIDE * FashionBias.SIDE);
        }
        FloatTensor inputs =
                FloatTensor.of(pixels, concept.length, 1, FashionBias.SIDE, FashionBias.SIDE);
        try (TapFolder tap =
                TapFolder.open(archive, new LayerPath(ModelFolder.LAYER), Optional.empty())) {
            FloatTensor activation = tap.model().read(inputs, FashionBias.TARGET).activation();
            return SignalCav.fit(Pooling.MAX.pool(activation), concept);
        }
    }

    private void step(String name) {
        Instant now = Instant.now();
        steps.add(new Summary.Step(name, Duration.between(stepStart, now).toMillis() / 1e3));
        stepStart = now;
    }

    /** Returns a process of this run while it is open: {@code worker} or {@code server}. */
    ServiceProcess service(String name) {
        synchronized (services) {
            return services.stream()
                    .filter(service -> service.name().equals(name))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    AuditException.of(
                                            ErrorCode.NOT_FOUND, "service", name, "started"));
        }
    }

    @Override
    public void close() {
        synchronized (services) {
            for (int i = services.size() - 1; i >= 0; i--) {
                services.get(i).close();
            }
            services.clear();
        }
    }

    /** What a run leaves. */
    record Result(Summary summary, HeatMaps maps) {}

    /** The gate refused the correction. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(Correction job) {
            super(
                    job.getError().isEmpty()
                            ? "gate: rejected (expected: accepted), the served model stays"
                            : "correction: " + job.getError());
        }
    }
}
