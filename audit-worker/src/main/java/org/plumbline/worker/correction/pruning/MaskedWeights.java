package org.plumbline.worker.correction.pruning;

import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.StoredTensor;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which tensors of an archive are masked: the weights of convolutions and linear layers. */
public final class MaskedWeights {
    private MaskedWeights() {}

    /**
     * Returns the attribute paths of parameters named {@code weight} or {@code ..._weight} with two
     * axes or more, but for embeddings; a tensor that several modules share is named once.
     */
    public static List<String> of(Archive archive) {
        Set<String> seen = new HashSet<>();
        return archive.parameters().stream()
                .filter(p -> p.shape().size() >= 2 && isWeight(p.name()))
                .filter(p -> !owner(archive, p).contains("Embedding"))
                .filter(p -> seen.add(p.key() + "+" + p.offset()))
                .map(StoredTensor::name)
                .toList();
    }

    private static boolean isWeight(String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return last.equals("weight") || last.endsWith("_weight");
    }

    private static String owner(Archive archive, StoredTensor parameter) {
        String path = parameter.name();
        return archive.module(path.substring(0, Math.max(0, path.lastIndexOf('.'))))
                .map(ModuleNode::simpleType)
                .orElse("");
    }
}
