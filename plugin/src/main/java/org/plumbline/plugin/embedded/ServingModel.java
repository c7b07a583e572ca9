package org.plumbline.plugin.embedded;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import ai.djl.translate.ServingTranslatorFactory;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.host.HostedModel;
import org.plumbline.plugin.http.AuditResponse;
import org.plumbline.plugin.intercept.ServedId.ModelKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A loaded model that answers requests; predictors are pooled. Thread-safe. */
final class ServingModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServingModel.class);

    private final ModelKey key;
    private final ModelFolder folder;
    private final Model model;
    private final Translator<Input, Output> translator;
    private final AutoCloseable audit;
    private final ConcurrentLinkedQueue<Predictor<Input, Output>> idle =
            new ConcurrentLinkedQueue<>();
    private final ReadWriteLock open = new ReentrantReadWriteLock();
    private boolean closed;

    private ServingModel(
            ModelKey key,
            ModelFolder folder,
            Model model,
            Translator<Input, Output> translator,
            AutoCloseable audit) {
        this.key = key;
        this.folder = folder;
        this.model = model;
        this.translator = translator;
        this.audit = audit;
    }

    /**
     * Loads a model after checking its archive.
     *
     * @param runtime attaches to it; empty: served without audit code
     * @throws AuditException {@code BAD_ARCHIVE} or {@code INVALID_ARGUMENT} with the reason
     */
    static ServingModel load(ModelKey key, ModelFolder folder, Optional<AuditRuntime> runtime) {
        check(folder);
        Model model = Model.newInstance(key.name(), "PyTorch");
        try {
            model.load(
                    folder.folder(), folder.archive().getFileName().toString(), folder.options());
            Translator<Input, Output> translator =
                    new ServingTranslatorFactory()
                            .newInstance(Input.class, Output.class, model, folder.arguments());
            AutoCloseable audit =
                    runtime.map(
                                    r ->
                                            r.attach(
                                                    new HostedModel(
                                                            key,
                                                            folder.folder(),
                                                            folder.archive(),
                                                            model,
                                                            translator)))
                            .orElse(() -> {});
            return new ServingModel(key, folder, model, translator, audit);
        } catch (IOException
                | MalformedModelException
                | TranslateException
                | RuntimeException
                | LinkageError e) {
            model.close();
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT, key + ": cannot be loaded: " + e.getMessage(), e);
        }
    }

    ModelKey key() {
        return key;
    }

    ModelFolder folder() {
        return folder;
    }

    /**
     * Answers a request.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if the model refuses the input
     */
    AuditResponse predict(byte[] body, String contentType) {
        open.readLock().lock();
        try {
            if (closed) {
                throw AuditException.of(ErrorCode.NOT_FOUND, "model", key, "a loaded model");
            }
            Optional<TensorCodec> codec = TensorCodec.of(contentType);
            return codec.isPresent() ? tensors(codec.get(), body) : translated(body, contentType);
        } catch (TranslateException | IOException | RuntimeException e) {
            if (e instanceof AuditException known) {
                throw known;
            }
            throw new AuditException(
                    ErrorCode.INVALID_ARGUMENT,
                    "body: " + body.length + " bytes of " + contentType + ": " + reason(e),
                    e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** Waits for the calls under way, then frees the model. */
    @Override
    public void close() {
        open.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            open.writeLock().unlock();
        }
        idle.forEach(Predictor::close);
        try {
            audit.close();
        } catch (Exception e) {
            LOG.warn("{}: audit did not end cleanly", key, e);
        }
        model.close();
    }

    private AuditResponse tensors(TensorCodec codec, byte[] body) throws IOException {
        try (NDManager unit = model.getNDManager().newSubManager()) {
            NDList inputs = codec.decode(unit, body);
            NDList outputs =
                    model.getBlock().forward(new ParameterStore(unit, false), inputs, false);
            return new AuditResponse(200, codec.contentType(), codec.encode(outputs));
        }
    }

    private AuditResponse translated(byte[] body, String contentType) throws TranslateException {
        Input input = new Input();
        input.addProperty("Content-Type", contentType);
        input.add("data", body);
        Predictor<Input, Output> predictor =
                Optional.ofNullable(idle.poll()).orElseGet(() -> model.newPredictor(translator));
        try {
            Output output = predictor.predict(input);
            return new AuditResponse(
                    output.getCode(),
                    output.getProperty("Content-Type", "application/octet-stream"),
                    output.getData().getAsBytes());
        } finally {
            idle.add(predictor);
        }
    }

    private static void check(ModelFolder folder) {
        try (Archive archive = Archive.open(folder.archive())) {
            LOG.debug("{}: checked, sha256 {}", folder.archive(), archive.digest());
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, folder.archive() + ": " + e, e);
        }
    }

    private static String reason(Exception e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }
}
