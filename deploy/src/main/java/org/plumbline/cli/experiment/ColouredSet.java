package org.plumbline.cli.experiment;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.ColourBias;
import org.plumbline.worker.generator.Colours;
import org.plumbline.worker.generator.PictureSet;

import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Images coloured as LfF's Coloured MNIST is, with the network that learns them: {@code mlp-1} is
 * the multilayer perceptron on data of which 1 % conflict. Immutable.
 *
 * @param network {@code mlp} or {@code cnn}
 * @param percent of training images in another colour than that of their class, as written
 */
record ColouredSet(String network, String percent) {
    private static final Map<String, String> ARCHIVES =
            Map.of("mlp", "mlp.pt", "cnn", "cmnist_cnn.pt");
    private static final Pattern LABEL = Pattern.compile("(mlp|cnn)-(\\d{1,2}(?:\\.\\d+)?)");
    private static final int UNUSED = 1;

    /**
     * Reads a label.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if it is none
     */
    static ColouredSet of(String label) {
        Matcher parts = LABEL.matcher(label);
        if (!parts.matches()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "sets",
                    label,
                    "mlp or cnn, a dash and per cent below 100, such as mlp-1");
        }
        return new ColouredSet(parts.group(1), parts.group(2));
    }

    BiasedSet coloured(PictureSet training, PictureSet test, long seed) {
        double aligned = 1 - Double.parseDouble(percent) / 100;
        return new ColourBias(Colours.Place.FOREGROUND, aligned, UNUSED, seed).of(training, test);
    }

    /** Returns the archive of the network, its values of no meaning, in a folder. */
    Path archive(Path models) {
        return models.resolve(ARCHIVES.get(network));
    }
}
