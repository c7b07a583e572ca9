package org.plumbline.worker.correction;

import static java.util.Map.entry;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * How a method's parameters are read and how it trains: one line for each method. Immutable.
 *
 * @param type record of the parameters
 * @param parser from texts
 * @param trainer writes the candidate and returns the names of the tensors that changed
 */
record Method<C extends Correction>(
        Class<C> type,
        Function<Parameters, C> parser,
        BiFunction<CorrectionRun, C, List<String>> trainer) {

    /** Every method by its name. */
    static final SortedMap<String, Method<?>> ALL =
            new TreeMap<>(
                    Map.ofEntries(
                            entry(
                                    "a-clarc",
                                    method(AClarc.class, AClarc::parse, AClarcTraining::run)),
                            entry("end", method(End.class, End::parse, EndTraining::run)),
                            entry(
                                    "p-clarc",
                                    method(PClarc.class, PClarc::parse, PClarcTraining::run)),
                            entry(
                                    "rr-clarc",
                                    method(RrClarc.class, RrClarc::parse, RrClarcTraining::run)),
                            entry("rrr", method(Rrr.class, Rrr::parse, RrrTraining::run)),
                            entry(
                                    "vanilla",
                                    method(Vanilla.class, Vanilla::parse, PlainTraining::run))));

    private static <C extends Correction> Method<C> method(
            Class<C> type,
            Function<Parameters, C> parser,
            BiFunction<CorrectionRun, C, List<String>> trainer) {
        return new Method<>(type, parser, trainer);
    }

    /**
     * Returns a method.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} naming the known ones
     */
    static Method<?> of(String name) {
        Method<?> method = ALL.get(name);
        if (method == null) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "method",
                    name,
                    "one of " + String.join(", ", ALL.keySet()));
        }
        return method;
    }

    /** Trains by a correction of this method's type. */
    List<String> train(CorrectionRun run, Correction correction) {
        return trainer.apply(run, type.cast(correction));
    }
}
