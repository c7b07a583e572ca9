package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.torchscript.source.Block;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of several calls of a layer is the last, whose value a tap reads. */
final class LastCall {
    private LastCall() {}

    /**
     * Returns the last call, or the last of every arm of branches that exclude each other.
     *
     * @throws Untappable if a call stands in a loop, or it depends on the input which is last
     */
    static List<Route> of(ClassSource type, MethodSource method, List<Route> routes)
            throws Untappable {
        List<Route> last = new ArrayList<>();
        List<Route> backwards = new ArrayList<>(routes);
        backwards.sort(Comparator.comparingInt((Route r) -> r.call().end()).reversed());
        for (Route route : backwards) { // of nested calls the outer one runs last
            List<Block> blocks = Block.around(method.body(), route.statement());
            for (Block block : blocks) {
                if (!block.isBranch()) {
                    throw new Untappable(
                            Cut.quoted(type, route.statement())
                                    + " stands in a loop, "
                                    + Cut.quoted(type, block.header()));
                }
            }
            if (isLast(type, method, blocks, last)) {
                last.add(0, route);
            }
        }
        return last;
    }

    private static boolean isLast(
            ClassSource type, MethodSource method, List<Block> blocks, List<Route> later)
            throws Untappable {
        for (Route route : later) {
            List<Block> others = Block.around(method.body(), route.statement());
            if (Set.copyOf(blocks).containsAll(others)) {
                return false; // the other always runs after it
            }
            if (!exclude(blocks, others)) {
                throw new Untappable(
                        Cut.quoted(type, route.statement()) + " is its last call for some inputs");
            }
        }
        return true;
    }

    private static boolean exclude(List<Block> some, List<Block> others) {
        Set<Block> opposite = new HashSet<>();
        some.forEach(block -> opposite.add(new Block(block.header(), !block.isElse())));
        return others.stream().anyMatch(opposite::contains);
    }
}
