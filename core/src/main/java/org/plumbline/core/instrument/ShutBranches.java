package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Route;
import org.plumbline.core.instrument.edit.Router;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.source.Block;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Token;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells layers whose every call stands in a branch that a flag of a module keeps shut, such as
 * {@code self.training} of a served model. Confined to one thread.
 */
final class ShutBranches {
    private static final String TRAINING = "training";

    private final Archive archive;
    private final Router router;
    private final List<String> layer;
    private final Set<String> open = new HashSet<>();
    private Optional<String> reason = Optional.empty();

    private ShutBranches(Archive archive, Router router, List<String> layer) {
        this.archive = archive;
        this.router = router;
        this.layer = layer;
    }

    /** Returns which flag keeps the calls of a layer from running, one clause; none: they may. */
    static Optional<String> before(
            Archive archive,
            Router router,
            ClassSource root,
            MethodSource forward,
            List<String> layer) {
        ShutBranches branches = new ShutBranches(archive, router, layer);
        return branches.runs(root, forward, layer) ? Optional.empty() : branches.reason;
    }

    private boolean runs(ClassSource type, MethodSource method, List<String> rest) {
        String key = method.name() + " " + rest.size();
        if (!open.add(key)) {
            return false; // a recursive helper
        }
        String owner = String.join(".", layer.subList(0, layer.size() - rest.size()));
        boolean runs = false;
        for (Route route : router.routes(type, method, rest)) {
            runs |=
                    isOpen(method, route, owner)
                            && (route.rest().isEmpty()
                                    || runs(route.type(), route.method(), route.rest()));
        }
        open.remove(key);
        return runs;
    }

    private boolean isOpen(MethodSource method, Route route, String owner) {
        for (Block block : Block.around(method.body(), route.statement())) {
            Optional<Boolean> taken = value(method, block.header().tokens(), owner);
            if (block.isBranch() && taken.isPresent() && taken.get() == block.isElse()) {
                return false;
            }
        }
        return true;
    }

    /** Evaluates {@code if flag:} and {@code if torch.__not__(flag):}. */
    private Optional<Boolean> value(MethodSource method, List<Token> header, String owner) {
        boolean negated = header.size() == 8 && header.get(3).text().equals("__not__");
        if (header.size() != 3 && !negated) {
            return Optional.empty();
        }
        String name = header.get(negated ? 5 : 1).text();
        List<String> path = new ArrayList<>(method.aliasPaths().getOrDefault(name, List.of()));
        if (path.isEmpty()) {
            return Optional.empty();
        }
        String flag = path.remove(path.size() - 1);
        if (!owner.isEmpty()) {
            path.add(0, owner);
        }
        String module = String.join(".", path);
        Optional<Boolean> value =
                flag.equals(TRAINING)
                        ? Optional.of(false)
                        : archive.module(module).map(node -> node.flags().get(flag));
        value.ifPresent(v -> reason = Optional.of(reason(module, flag, v)));
        return value.map(v -> v != negated);
    }

    private static String reason(String module, String flag, boolean value) {
        if (flag.equals(TRAINING)) {
            return "it is called only in training";
        }
        String name = module.isEmpty() ? flag : module + "." + flag;
        return "it is not called where " + name + " is " + (value ? "True" : "False");
    }
}
