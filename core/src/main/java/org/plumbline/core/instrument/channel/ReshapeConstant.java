package org.plumbline.core.instrument.channel;

import org.plumbline.core.instrument.relevance.FlatProgram;
import org.plumbline.core.instrument.relevance.Origin;
import org.plumbline.core.instrument.relevance.Step.Operation;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The number of entries of a flattened value, written in the code as {@code view(x, [n, 800])}.
 * Immutable.
 *
 * @param file where the number stands
 * @param token the number
 * @param channels that are flattened
 * @param size the number
 * @param inferred whether the number of samples is inferred; else this number may be
 */
record ReshapeConstant(
        SourceFile file, Token token, Channels channels, int size, boolean inferred) {

    /** Returns the text that takes its place when so many channels are left. */
    String text(int kept) {
        return inferred ? String.valueOf((long) kept * size / channels.size()) : "-1";
    }

    /** Finds such numbers. Confined to one thread. */
    static final class Finder {
        private final Archive archive;
        private final FlatProgram program;

        Finder(Archive archive, FlatProgram program) {
            this.archive = archive;
            this.program = program;
        }

        /**
         * Finds the number in the statement an operation was printed in.
         *
         * @return empty if it is not certain which, or if another module runs the same code
         */
        Optional<ReshapeConstant> find(
                Operation operation, Channels channels, int size, boolean inferred) {
            Origin origin = operation.origin();
            Optional<ClassSource> type =
                    archive.module(origin.module()).map(ModuleNode::type).flatMap(archive::type);
            if (type.isEmpty() || (inferred && !isAlone(origin, type.get()))) {
                return Optional.empty();
            }
            SourceFile file = type.get().file();
            List<Token> numbers = new ArrayList<>();
            type.get().methods().values().stream()
                    .flatMap(method -> method.body().stream())
                    .filter(s -> file.text(s.start(), s.end()).equals(origin.statement()))
                    .map(Statement::tokens)
                    .flatMap(List::stream)
                    .filter(token -> token.kind() == Token.Kind.NUMBER)
                    .filter(token -> token.text().equals(String.valueOf(size)))
                    .forEach(numbers::add);
            return Optional.of(numbers)
                    .filter(found -> found.size() == 1)
                    .map(found -> found.get(0))
                    .map(token -> new ReshapeConstant(file, token, channels, size, inferred));
        }

        private boolean isAlone(Origin origin, ClassSource type) {
            long modules =
                    archive.modules().stream()
                            .filter(module -> module.type().equals(type.qualifiedName()))
                            .count();
            long runs =
                    program.steps().stream()
                            .filter(Operation.class::isInstance)
                            .map(Operation.class::cast)
                            .filter(operation -> operation.origin().equals(origin))
                            .filter(
                                    operation ->
                                            operation.value().text().contains("view(")
                                                    || operation
                                                            .value()
                                                            .text()
                                                            .contains("reshape("))
                            .count();
            return modules == 1 && runs == 1;
        }
    }
}
