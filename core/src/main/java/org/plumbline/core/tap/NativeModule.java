package org.plumbline.core.tap;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A loaded archive whose methods are called by name. Thread-safe.
 *
 * <p>The model is held, since its finalizer would close the module. Parameters are loaded so that
 * autograd may record through them, and frozen so that it does not record for them.
 */
final class NativeModule implements AutoCloseable {
    private static final String ENGINE = "PyTorch";
    private static final String METHOD = "module_method:";
    private static final Pattern OUTPUT =
            Pattern.compile("Error: (output: .* \\(expected: .*\\))$", Pattern.MULTILINE);
    private static final String OPTIMIZER = "ai.djl.pytorch.graph_optimizer";

    private final Path file;
    private final Model model;
    private final PtSymbolBlock block;
    private final Map<String, NDArray> markers = new ConcurrentHashMap<>();

    private NativeModule(Path file, Model model, PtSymbolBlock block) {
        this.file = file;
        this.model = model;
        this.block = block;
    }

    /** Loads a file this process wrote; it is deleted on close, or at once if this throws. */
    static NativeModule load(Path file, Device device) {
        Model model = Model.newInstance(file.getFileName().toString(), device, ENGINE);
        try {
            model.load(
                    file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
            PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
            block.freezeParameters(true);
            return new NativeModule(file, model, block);
        } catch (IOException | MalformedModelException | EngineException e) {
            AuditException refused =
                    new AuditException(
                            ErrorCode.BAD_ARCHIVE,
                            "archive: the engine refuses it: " + reason(e),
                            e);
            model.close();
            try {
                Files.deleteIfExists(file);
            } catch (IOException left) {
                refused.addSuppressed(left);
            }
            throw refused;
        }
    }

    /** Returns the line of an engine's message that says why. */
    static String reason(Exception e) {
        List<String> lines =
                String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank()).toList();
        return lines.stream()
                .filter(line -> line.contains("Error: "))
                .findFirst()
                .or(() -> lines.stream().findFirst())
                .orElse("no reason given")
                .strip();
    }

    PtSymbolBlock block() {
        return block;
    }

    NDManager manager() {
        return model.getNDManager();
    }

    /** Runs {@code forward} in inference mode. */
    NDList forward(NDList inputs) {
        optimizer();
        return IValueUtils.forward(block, inputs, false);
    }

    /**
     * Runs a method with autograd recording on this thread.
     *
     * @param arguments at least one; the results hang on the manager of the first
     */
    NDList call(String method, NDList arguments) {
        return recording(() -> run(method, arguments, true));
    }

    private static NDList recording(Supplier<NDList> call) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        optimizer();
        try {
            return call.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /** As {@link #call}; the results hang on a unit, whatever the arguments hang on. */
    NDList call(NDManager unit, String method, NDList arguments) {
        NDArray first = unit.create(0f);
        first.setName(METHOD + method); // the engine's Java side takes the manager of the first
        NDList all = new NDList(first);
        all.addAll(arguments);
        return recording(() -> IValueUtils.forward(block, all, true));
    }

    /** Runs a method in inference mode, as {@link #forward} does. */
    NDList infer(String method, NDList arguments) {
        return run(method, arguments, false);
    }

    private NDList run(String method, NDList arguments, boolean recording) {
        NDList call = new NDList(arguments);
        call.add(markers.computeIfAbsent(method, this::marker));
        try {
            return IValueUtils.forward(block, call, recording);
        } catch (EngineException e) {
            Matcher told = OUTPUT.matcher(String.valueOf(e.getMessage()));
            if (told.find()) { // raised by a line we added
                throw new AuditException(ErrorCode.INVALID_ARGUMENT, told.group(1), e);
            }
            throw e;
        }
    }

    /** Does what DJL does in the block's own forward: the engine keeps the choice per thread. */
    private static void optimizer() {
        if (System.getProperty(OPTIMIZER) != null) {
            JniUtils.setGraphExecutorOptimize(Boolean.getBoolean(OPTIMIZER));
        }
    }

    private NDArray marker(String method) {
        NDArray marker = manager().create(0f);
        marker.setName(METHOD + method);
        return marker;
    }

    @Override
    public void close() {
        model.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INTERNAL, file + ": cannot be deleted: " + e, e);
        }
    }
}
