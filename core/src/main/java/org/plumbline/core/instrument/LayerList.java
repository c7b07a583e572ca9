package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be done at each layer of an archive, found by trying. Confined to one thread. */
final class LayerList {
    private final List<ModuleNode> modules;
    private final Attempt tap;
    private final Attempt split;

    LayerList(Archive archive, Attempt tap, Attempt split) {
        this.modules = archive.modules().stream().filter(m -> !m.path().isEmpty()).toList();
        this.tap = tap;
        this.split = split;
    }

    /** Something to try at a layer, without writing anything. */
    interface Attempt {
        void at(LayerPath layer) throws Untappable;
    }

    /** Returns every module path below the root, in the order of the archive. */
    List<LayerStatus> all() {
        Map<String, Optional<String>> obstacles = new LinkedHashMap<>();
        modules.forEach(m -> obstacles.put(m.path(), obstacle(tap, m.path())));
        Offers offers = offers(obstacles);
        return modules.stream()
                .map(m -> status(m, obstacles.getOrDefault(m.path(), Optional.empty()), offers))
                .toList();
    }

    /** Returns the layer to offer in place of one that cannot be tapped. */
    Optional<String> offer(String path) {
        Map<String, Optional<String>> obstacles = new LinkedHashMap<>();
        modules.forEach(m -> obstacles.put(m.path(), obstacle(tap, m.path())));
        return offers(obstacles).instead(path);
    }

    private LayerStatus status(ModuleNode module, Optional<String> obstacle, Offers offers) {
        String path = module.path();
        Optional<String> offer = obstacle.isEmpty() ? Optional.empty() : offers.instead(path);
        Optional<String> splitObstacle = obstacle(split, path);
        return new LayerStatus(path, module.simpleType(), obstacle, offer, splitObstacle);
    }

    private static Offers offers(Map<String, Optional<String>> obstacles) {
        return new Offers(
                List.copyOf(obstacles.keySet()),
                obstacles.entrySet().stream()
                        .filter(e -> e.getValue().isEmpty())
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    private static Optional<String> obstacle(Attempt attempt, String path) {
        try {
            attempt.at(new LayerPath(path));
            return Optional.empty();
        } catch (Untappable e) {
            return Optional.of(e.reason());
        }
    }
}
