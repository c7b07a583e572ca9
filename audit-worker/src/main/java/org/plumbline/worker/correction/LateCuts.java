package org.plumbline.worker.correction;

import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Layers between the probe and the first trained one, where less is left to run in a step. */
final class LateCuts {
    private static final int MOST = 3;

    private LateCuts() {}

    /**
     * Returns leaf modules behind the probe and before the first trained parameter, the last first,
     * in the order modules are declared; whether they also run in that order shows when gradients
     * are compared.
     */
    static List<LayerPath> of(Archive archive, LayerPath probe, List<String> trained) {
        List<LayerPath> between = between(archive, probe, trained);
        Collections.reverse(between);
        return between.subList(0, Math.min(MOST, between.size()));
    }

    /**
     * Returns whether a step from the probe would run convolutions, which a cut behind them spares.
     */
    static boolean spareConvolutions(Archive archive, LayerPath probe, List<String> trained) {
        return between(archive, probe, trained).stream()
                .anyMatch(
                        path ->
                                archive.module(path.value())
                                        .filter(m -> m.simpleType().startsWith("Conv"))
                                        .isPresent());
    }

    private static List<LayerPath> between(Archive archive, LayerPath probe, List<String> trained) {
        Set<String> owners = owners(trained);
        List<String> paths = paths(archive);
        List<LayerPath> between = new ArrayList<>();
        for (String path : paths.subList(paths.indexOf(probe.value()) + 1, paths.size())) {
            if (owners.contains(path)) {
                break;
            }
            boolean inside = path.startsWith(probe.value() + ".");
            boolean leaf = paths.stream().noneMatch(p -> p.startsWith(path + "."));
            if (leaf && !inside) {
                between.add(new LayerPath(path));
            }
        }
        return between;
    }

    /** Returns whether a trained parameter belongs to a module declared before the probe's end. */
    static boolean trainsBelow(Archive archive, LayerPath probe, List<String> trained) {
        List<String> paths = paths(archive);
        int end = paths.indexOf(probe.value());
        while (end + 1 < paths.size() && paths.get(end + 1).startsWith(probe.value() + ".")) {
            end++;
        }
        return paths.subList(0, end + 1).stream().anyMatch(owners(trained)::contains);
    }

    private static List<String> paths(Archive archive) {
        return archive.modules().stream().map(ModuleNode::path).toList();
    }

    /** Returns the paths of the modules that parameters belong to. */
    static Set<String> owners(List<String> parameters) {
        Set<String> owners = new HashSet<>();
        parameters.forEach(p -> owners.add(p.substring(0, Math.max(0, p.lastIndexOf('.')))));
        return owners;
    }
}
