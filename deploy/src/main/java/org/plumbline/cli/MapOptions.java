package org.plumbline.cli;

import org.plumbline.core.explain.HeatMaps;
import org.plumbline.core.tensor.FloatTensor;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that say how attributions become maps. Confined to one thread. */
final class MapOptions {
    @ArgGroup private Sum sum = new Sum();

    @Option(names = "--normalise", description = "Divide each map by its own sum.")
    private boolean normalise;

    private static final class Sum {
        @Option(
                names = "--signed",
                description = "Maps are sums over channels, with their sign (default).")
        @SuppressWarnings("UnusedVariable") // what happens without --absolute
        private boolean signed;

        @Option(names = "--absolute", description = "Maps are sums of magnitudes over channels.")
        private boolean absolute;
    }

    /** Returns maps {@code [n, h, w]} of attributions {@code [n, c, h, w]}. */
    FloatTensor maps(FloatTensor relevance) {
        FloatTensor sums = sums(relevance);
        return normalise ? HeatMaps.normalised(sums) : sums;
    }

    /** Returns how many maps have no sum to divide by; 0 unless they are to be. */
    int empty(FloatTensor relevance) {
        return normalise ? HeatMaps.empty(sums(relevance)) : 0;
    }

    /** Returns what is done to attributions, in one word per step. */
    String words() {
        return (sum.absolute ? "absolute" : "signed") + (normalise ? ", normalised" : "");
    }

    /** Returns what a value of a map is, given what one of an attribution is. */
    String quantity(String attribution) {
        if (normalise) {
            return sum.absolute ? "share of all magnitudes" : "share of the sum";
        }
        return sum.absolute ? "magnitude of " + attribution : attribution;
    }

    private FloatTensor sums(FloatTensor relevance) {
        return sum.absolute ? HeatMaps.absolute(relevance) : HeatMaps.signed(relevance);
    }
}
