package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.StoredTensor;
import org.plumbline.core.torchscript.source.ClassSource;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes that scripted layers declare, such as {@code out_channels : Final[int] = 64}. Nothing reads
 * them when the model runs; they are kept true where all modules of a class agree, since one class
 * may stand for several modules that now differ. Confined to one thread.
 */
final class DeclaredSizes {
    private static final Map<String, Axis> AXES =
            Map.of(
                    "out_channels", new Axis("weight", 0),
                    "in_channels", new Axis("weight", 1),
                    "out_features", new Axis("weight", 0),
                    "in_features", new Axis("weight", 1),
                    "num_features", new Axis("running_mean", 0));

    private final Archive archive;
    private final Map<String, FloatTensor> resized;

    /** Where the size of an attribute can be seen. */
    private record Axis(String tensor, int axis) {}

    DeclaredSizes(Archive archive, Map<String, FloatTensor> resized) {
        this.archive = archive;
        this.resized = resized;
    }

    void update(Additions edits) {
        Set<String> types = new HashSet<>();
        for (ModuleNode module : archive.modules()) {
            if (types.add(module.type())) {
                archive.type(module.type()).ifPresent(type -> update(type, edits));
            }
        }
    }

    private void update(ClassSource type, Additions edits) {
        AXES.forEach(
                (attribute, axis) -> {
                    Matcher declared = declaration(type, attribute);
                    Optional<Long> size = agreed(type, axis);
                    if (size.isPresent()
                            && declared.find()
                            && declared.group(1).equals(size(type, axis))) {
                        edits.replace(
                                type.file(),
                                declared.start(1),
                                declared.end(1),
                                String.valueOf(size.get()));
                    }
                });
    }

    private static Matcher declaration(ClassSource type, String attribute) {
        String text = type.file().text();
        int start = Math.max(0, text.lastIndexOf("class " + type.simpleName() + "(", type.end()));
        return Pattern.compile("(?m)^  " + attribute + " : Final\\[int] = ([0-9]+)$")
                .matcher(text)
                .region(start, type.end());
    }

    /** Returns the size in the original archive, as text; all modules of a class have the same. */
    private String size(ClassSource type, Axis axis) {
        return archive.modules().stream()
                .filter(module -> module.type().equals(type.qualifiedName()))
                .map(module -> archive.tensors().get(name(module, axis)))
                .filter(tensor -> tensor != null && tensor.shape().size() > axis.axis())
                .map(tensor -> String.valueOf(tensor.shape().get(axis.axis())))
                .findFirst()
                .orElse("");
    }

    /** Returns the size that all modules of a class have after the change. */
    private Optional<Long> agreed(ClassSource type, Axis axis) {
        Set<Long> sizes = new HashSet<>();
        for (ModuleNode module : archive.modules()) {
            if (module.type().equals(type.qualifiedName())) {
                String name = name(module, axis);
                StoredTensor stored = archive.tensors().get(name);
                if (stored == null || stored.shape().size() <= axis.axis()) {
                    return Optional.empty();
                }
                FloatTensor changed = resized.get(name);
                sizes.add(
                        changed == null
                                ? stored.shape().get(axis.axis())
                                : (long) changed.extent(axis.axis()));
            }
        }
        return sizes.size() == 1 ? sizes.stream().findFirst() : Optional.empty();
    }

    private static String name(ModuleNode module, Axis axis) {
        return module.path().isEmpty() ? axis.tensor() : module.path() + "." + axis.tensor();
    }
}
