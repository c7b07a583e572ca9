package org.plumbline.cli.experiment;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.generator.Artifact;
import org.plumbline.worker.generator.BiasedSet;
import org.plumbline.worker.generator.ColourBias;
import org.plumbline.worker.generator.Colours;
import org.plumbline.worker.generator.ControlledBias;
import org.plumbline.worker.generator.PictureSet;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A biased data set of the table, with the network that learns it. */
enum Study {
    /** A white square on half of the T-shirts and on one in 2,000 of the rest. */
    PATCH("patch", "fashion_cnn.pt", "patch") {
        @Override
        BiasedSet biased(PictureSet training, PictureSet test, long seed) {
            return new ControlledBias(Artifact.PATCH, TARGET, 0.5, 0.0005, seed).of(training, test);
        }
    },
    /** Background colour, 99 % in that of the class. */
    COLOUR_990("colour-0.99", "fashion_cnn_rgb.pt", "colour_0") {
        @Override
        BiasedSet biased(PictureSet training, PictureSet test, long seed) {
            return coloured(training, test, 0.99, seed);
        }
    },
    /** Background colour, 99.7 % in that of the class. */
    COLOUR_997("colour-0.997", "fashion_cnn_rgb.pt", "colour_0") {
        @Override
        BiasedSet biased(PictureSet training, PictureSet test, long seed) {
            return coloured(training, test, 0.997, seed);
        }
    };

    /** Class whose concept is corrected: T-shirt. */
    static final int TARGET = 0;

    private final String label;
    private final String network;
    private final String concept;

    Study(String label, String network, String concept) {
        this.label = label;
        this.network = network;
        this.concept = concept;
    }

    abstract BiasedSet biased(PictureSet training, PictureSet test, long seed);

    private static BiasedSet coloured(PictureSet training, PictureSet test, double rho, long seed) {
        return new ColourBias(Colours.Place.BACKGROUND, rho, Colours.COUNT - 1, seed)
                .of(training, test);
    }

    String label() {
        return label;
    }

    /** Returns the file name of the untrained network. */
    String network() {
        return network;
    }

    String concept() {
        return concept;
    }

    static Study of(String label) {
        return Arrays.stream(values())
                .filter(study -> study.label.equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.INVALID_ARGUMENT,
                                        "sets",
                                        label,
                                        Arrays.stream(values())
                                                .map(Study::label)
                                                .collect(Collectors.joining(", "))));
    }
}
