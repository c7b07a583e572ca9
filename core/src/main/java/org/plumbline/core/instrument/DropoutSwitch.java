package org.plumbline.core.instrument;

import org.plumbline.core.instrument.edit.Additions;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.MethodSource;
import org.plumbline.core.torchscript.source.Statement;
import org.plumbline.core.torchscript.source.Token;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes dropout layers, and no others, behave as in training, by writing {@code True} where their
 * methods read {@code SELF.training}. The engine's own switch would reach batch normalisation too,
 * and it resets what the file says. Traced modules have the choice baked in and stay as they are.
 */
final class DropoutSwitch {
    private static final Pattern STOCHASTIC = Pattern.compile("(Dropout|StochasticDepth).*");

    private DropoutSwitch() {}

    static void on(Archive archive, Additions additions) {
        archive.modules().stream()
                .filter(module -> STOCHASTIC.matcher(module.simpleType()).matches())
                .map(ModuleNode::type)
                .distinct()
                .forEach(type -> archive.type(type).ifPresent(c -> on(c, additions)));
    }

    private static void on(ClassSource type, Additions additions) {
        for (MethodSource method : type.methods().values()) {
            for (Statement statement : method.body()) {
                List<Token> tokens = statement.tokens();
                for (int i = 0; i + 2 < tokens.size(); i++) {
                    boolean flag =
                            tokens.get(i).text().equals(method.self())
                                    && tokens.get(i + 1).text().equals(".")
                                    && tokens.get(i + 2).text().equals("training");
                    if (flag) {
                        int end = tokens.get(i + 2).end();
                        additions.replace(type.file(), tokens.get(i).start(), end, "True");
                    }
                }
            }
        }
    }
}
