package org.plumbline.core.tap;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.channel.WorkMethod;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Runs {@code forward} of an archive on the CPU, and counts what its layers multiply. Thread-safe;
 * owns native memory.
 */
public final class ForwardRun implements AutoCloseable {
    private static final int BATCH = 32;

    private final NativeModule module;
    private final List<Long> factors;

    private ForwardRun(NativeModule module, List<Long> factors) {
        this.module = module;
        this.factors = factors;
    }

    /**
     * Loads a copy of an archive whose {@code forward} turns one tensor into another.
     *
     * @param work existing folder for the copy, which is removed on closing
     * @throws AuditException {@code BAD_ARCHIVE} if the engine refuses it; {@code
     *     FAILED_PRECONDITION} if forward is of another form or cannot be written out
     */
    public static ForwardRun load(Path archive, Path work) {
        Path copy = work.resolve("forward-" + UUID.randomUUID() + ".pt");
        try (Archive checked = Archive.open(archive)) {
            List<Long> factors = WorkMethod.write(checked, copy);
            return new ForwardRun(NativeModule.load(copy, Device.cpu()), factors);
        } catch (Untappable e) {
            throw new AuditException(
                    ErrorCode.FAILED_PRECONDITION,
                    "archive: " + e.reason() + " (expected: code that can be followed)",
                    e);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_ARCHIVE, archive + ": " + e, e);
        }
    }

    /**
     * Returns what {@code forward} answers, in batches.
     *
     * @param inputs {@code [n, c, h, w]}
     * @throws AuditException {@code BAD_DATA} if the model fails on them
     */
    public FloatTensor logits(FloatTensor inputs) {
        List<FloatTensor> parts = new ArrayList<>();
        for (int from = 0; from < inputs.rows(); from += BATCH) {
            int to = Math.min(inputs.rows(), from + BATCH);
            FloatTensor batch = inputs.slice(from, to);
            try (NDManager unit = module.manager().newSubManager()) {
                NDArray out = module.forward(on(unit, batch)).singletonOrThrow();
                if (out.getDataType() != DataType.FLOAT32) {
                    throw AuditException.of(
                            ErrorCode.BAD_ARCHIVE, "output", out.getDataType(), "float32");
                }
                parts.add(Heap.copy(out));
            } catch (EngineException e) {
                throw refused(inputs, e);
            }
        }
        return FloatTensor.concat(parts);
    }

    /** Returns the multiplications of convolutions and linear layers for one sample. */
    public long multiplications(FloatTensor inputs) {
        try (NDManager unit = module.manager().newSubManager()) {
            NDList sizes = module.infer(WorkMethod.METHOD, on(unit, inputs.slice(0, 1)));
            long[] outputs = sizes.singletonOrThrow().toLongArray();
            long sum = 0;
            for (int i = 0; i < factors.size(); i++) {
                sum += factors.get(i) * outputs[i];
            }
            return sum;
        } catch (EngineException e) {
            throw refused(inputs, e);
        }
    }

    private static AuditException refused(FloatTensor inputs, EngineException e) {
        return new AuditException(
                ErrorCode.BAD_DATA,
                "inputs: "
                        + Arrays.toString(inputs.shape())
                        + " (expected: a shape the model takes): "
                        + NativeModule.reason(e),
                e);
    }

    private static NDList on(NDManager unit, FloatTensor tensor) {
        return new NDList(Heap.back(unit, tensor));
    }

    @Override
    public void close() {
        module.close();
    }
}
