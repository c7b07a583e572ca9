package org.plumbline.core.instrument;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the nearest layer that can be tapped in place of one that cannot: the last one inside it,
 * its parent, the next or previous one beside it, an ancestor. Immutable.
 *
 * @param paths every layer, in the order of the archive
 * @param tappable those that can be tapped
 */
record Offers(List<String> paths, Set<String> tappable) {
    Offers {
        paths = List.copyOf(paths);
        tappable = Set.copyOf(tappable);
    }

    /** Returns the layer to offer for another; none if nothing can be tapped. */
    Optional<String> instead(String path) {
        List<String> near = new ArrayList<>();
        for (String at = path; !at.isEmpty(); at = parent(at)) {
            lastBelow(at).ifPresent(near::add);
            near.add(parent(at));
            near.addAll(beside(at));
        }
        return near.stream().filter(tappable::contains).findFirst();
    }

    private Optional<String> lastBelow(String path) {
        return paths.stream()
                .filter(p -> p.startsWith(path + ".") && tappable.contains(p))
                .reduce((first, second) -> second);
    }

    /** Returns the layers of the same parent, the following ones first, the nearest first. */
    private List<String> beside(String path) {
        List<String> children = paths.stream().filter(p -> parent(p).equals(parent(path))).toList();
        int at = children.indexOf(path);
        List<String> beside = new ArrayList<>(children.subList(at + 1, children.size()));
        for (int i = at - 1; i >= 0; i--) {
            beside.add(children.get(i));
        }
        return beside;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }
}
