package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Operands;
import org.plumbline.core.instrument.relevance.Step;
import org.plumbline.core.instrument.relevance.Step.Branch;
import org.plumbline.core.instrument.relevance.Step.Loop;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.DataKind;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.StoredValues;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tensors of an archive that a program reads exactly once, their values, and the unit of every
 * entry of their axes. Confined to one thread.
 */
final class Tensors {
    private final Archive archive;
    private final Map<String, String> paths;
    private final Map<String, Integer> reads = new HashMap<>();
    private final Map<String, FloatTensor> values = new LinkedHashMap<>();
    private final Map<String, Map<Integer, int[]>> labels = new LinkedHashMap<>();

    Tensors(Archive archive, FlatProgram program) {
        this.archive = archive;
        paths = program.attributes();
        count(program.steps());
        Operands.of(program.result()).forEach(name -> reads.merge(name, 1, Integer::sum));
    }

    private void count(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Operation operation && !Queries.isHarmless(operation.value())) {
                Operands.of(operation.value()).forEach(name -> reads.merge(name, 1, Integer::sum));
            } else if (step instanceof Branch branch) {
                count(branch.then());
                count(branch.otherwise());
            } else if (step instanceof Loop loop) {
                count(loop.body()); // runs more than once
                count(loop.body());
            }
        }
    }

    /** Returns whether a name is read once, harmless questions aside. */
    boolean isReadOnce(String name) {
        return reads.getOrDefault(name, 0) == 1;
    }

    /** Returns the attribute path a name holds. */
    Optional<String> path(String name) {
        return Optional.ofNullable(paths.get(name)).filter(archive.tensors()::containsKey);
    }

    /** Returns the attribute path a name holds, if the tensor may be changed at its one use. */
    Optional<String> changeable(String name) {
        return path(name).filter(path -> isReadOnce(name)).filter(this::isOwn);
    }

    private boolean isOwn(String path) {
        StoredTensor tensor = archive.tensors().get(path);
        return tensor != null
                && tensor.kind() == DataKind.FLOAT32
                && StoredValues.isAlone(archive, tensor);
    }

    /** Returns the values of a tensor as the archive has them; not to be changed. */
    FloatTensor values(String path) {
        return values.computeIfAbsent(path, p -> StoredValues.read(archive, p));
    }

    /** Says which unit each entry of an axis belongs to. */
    void label(String path, int axis, int[] units) {
        labels.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(axis, units);
    }

    /** Returns the units of the axes that were labelled, by path. */
    Map<String, Map<Integer, int[]>> labels() {
        return labels;
    }
}
