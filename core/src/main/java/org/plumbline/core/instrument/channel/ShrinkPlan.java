package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.channel.ConstantJoin.Addition;
import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Flattener;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ResizedArchive;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Token;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which channels of an archive go, and the tensors and numbers in its code that change with them.
 * Made from the file alone, nothing of it is run; that the result answers as before is to be
 * checked in the engine. Confined to one thread.
 *
 * <p>A channel goes if whoever reads it multiplies it by zero, or if it is constant and what it
 * adds can be added to a bias or the mean of a batch normalisation. Several constants that are read
 * behind zero padding become one. Sums tie channels together: these go together or not at all.
 */
public final class ShrinkPlan {
    private final Map<String, FloatTensor> tensors;
    private final Map<String, byte[]> code;
    private final List<LayerChange> layers;
    private final Map<String, String> left;

    private ShrinkPlan(
            Map<String, FloatTensor> tensors,
            Map<String, byte[]> code,
            List<LayerChange> layers,
            Map<String, String> left) {
        this.tensors = tensors;
        this.code = code;
        this.layers = layers;
        this.left = left;
    }

    /**
     * What becomes of a layer. Immutable.
     *
     * @param path attribute path
     * @param outputs before
     * @param keptOutputs after
     * @param inputs before, entries of the weight's second axis
     * @param keptInputs after
     * @param constantLeft outputs that are constant and stay
     * @param reason why the first of these stays; empty: there is none
     */
    public record LayerChange(
            String path,
            int outputs,
            int keptOutputs,
            int inputs,
            int keptInputs,
            int constantLeft,
            Optional<String> reason) {}

    /**
     * Plans for an archive, which is borrowed.
     *
     * @throws Untappable naming the statement of {@code forward} that cannot be followed
     */
    public static ShrinkPlan of(Archive archive) throws Untappable {
        FlatProgram program = program(archive);
        ChannelFlow flow = ChannelFlow.of(archive, program);
        Survival survival = Survival.of(flow);
        ConstantJoin constants = new ConstantJoin(flow, survival);
        List<Addition> additions = constants.join();
        BitSet varying = constants.varying();
        survival.keepOneOfEach();
        List<LayerChange> layers = new ArrayList<>();
        flow.layers().forEach(layer -> layers.add(change(flow, survival, varying, layer)));
        boolean none =
                layers.stream()
                        .allMatch(
                                c ->
                                        c.outputs() == c.keptOutputs()
                                                && c.inputs() == c.keptInputs());
        Map<String, FloatTensor> tensors =
                none ? Map.of() : new Rewriting(flow, survival).tensors(additions);
        Map<String, byte[]> code = none ? Map.of() : code(archive, flow, survival, tensors);
        return new ShrinkPlan(tensors, code, layers, new TreeMap<>(flow.left()));
    }

    static FlatProgram program(Archive archive) throws Untappable {
        MethodSource forward =
                archive.rootType()
                        .method("forward")
                        .orElseThrow(() -> new Untappable("there is no forward"));
        if (forward.parameters().size() != 1 || !forward.returnType().equals("Tensor")) {
            throw new Untappable("forward does not turn one Tensor into another");
        }
        return Flattener.flatten(archive, forward, Optional.empty());
    }

    private static LayerChange change(
            ChannelFlow flow, Survival survival, BitSet varying, Layer layer) {
        int constant = 0;
        Optional<String> reason = Optional.empty();
        for (int output = 0; output < layer.outputs().size(); output++) {
            int unit = layer.outputs().unit(output);
            if (survival.stays(unit) && !Double.isNaN(layer.outputs().constant(output))) {
                constant++;
                reason = reason.or(() -> Optional.of(reason(flow, survival, varying, unit)));
            }
        }
        return new LayerChange(
                layer.path(),
                layer.outputs().size(),
                survival.kept(layer.outputs().units()).length,
                layer.inputs().size(),
                survival.kept(layer.inputs().units()).length,
                constant,
                reason);
    }

    private static String reason(ChannelFlow flow, Survival survival, BitSet varying, int unit) {
        if (survival.isInert(unit)) {
            return "one of a layer must stay";
        }
        return flow.units()
                .pinned(unit)
                .orElse(
                        varying.get(flow.units().root(unit))
                                ? "added to a channel that varies"
                                : "read behind zero padding, or where there is no bias");
    }

    private static Map<String, byte[]> code(
            Archive archive,
            ChannelFlow flow,
            Survival survival,
            Map<String, FloatTensor> tensors) {
        Additions edits = new Additions();
        for (ReshapeConstant constant : flow.reshapes()) {
            int kept = survival.kept(constant.channels().units()).length;
            if (kept < constant.channels().size()) {
                Token token = constant.token();
                edits.replace(constant.file(), token.start(), token.end(), constant.text(kept));
            }
        }
        new DeclaredSizes(archive, tensors).update(edits);
        return edits.entries();
    }

    /** Returns whether there is nothing to remove. */
    public boolean isEmpty() {
        return tensors.isEmpty();
    }

    /** Returns the tensors that change, by attribute path. */
    public List<String> changed() {
        return List.copyOf(tensors.keySet());
    }

    /** Returns what becomes of each layer that could be followed, in order. */
    public List<LayerChange> layers() {
        return List.copyOf(layers);
    }

    /** Returns modules that keep their shape whatever they hold, with the reason. */
    public Map<String, String> left() {
        return Map.copyOf(left);
    }

    /** Writes the archive; {@code out} appears only when complete. */
    public void write(Archive archive, Path out) {
        ResizedArchive.write(archive, tensors, code, out);
    }
}
