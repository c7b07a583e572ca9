package org.plumbline.worker.request;

import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.fairwashing.HonestyCheck;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.proto.v1.CheckFairwashingRequest;
import org.plumbline.worker.config.Problems;
import org.plumbline.worker.dataset.DatasetStore;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A check of explanations as a caller asked for it. Immutable.
 *
 * @param dataset id of the data set of requests
 * @param clean id of the data set of clean inputs; empty: the requests' own
 * @param reference a trusted version; empty: none
 * @param twins honest twins; empty: none
 * @param methods asked for; empty: all
 * @param level in (0, 1)
 */
record HonestyRequest(
        Digest archive,
        String dataset,
        Optional<String> clean,
        Optional<Digest> reference,
        Optional<NullFile> twins,
        Set<ExplanationMethod> methods,
        double level) {
    private static final int LARGEST_NULL = 1 << 20;

    /** Copies the methods. */
    HonestyRequest {
        methods = Set.copyOf(methods);
    }

    /**
     * Reads a message without looking at what the worker holds.
     *
     * @throws org.plumbline.core.error.AuditException {@code INVALID_ARGUMENT} with every problem
     */
    static HonestyRequest parse(CheckFairwashingRequest message) {
        Problems problems = new Problems();
        SpecReader.require("archive_sha256", message.getArchiveSha256(), problems);
        SpecReader.require("dataset", message.getDataset(), problems);
        Optional<Digest> archive = digest("archive_sha256", message.getArchiveSha256(), problems);
        Optional<String> dataset =
                SpecReader.read("dataset", message.getDataset(), DatasetStore::id, problems);
        Optional<String> clean =
                SpecReader.read(
                        "clean_dataset", message.getCleanDataset(), DatasetStore::id, problems);
        Optional<Digest> reference =
                digest("reference_sha256", message.getReferenceSha256(), problems);
        Set<ExplanationMethod> methods = methods(message, problems);
        Optional<NullFile> twins = twins(message, problems);
        double level = message.hasLevel() ? message.getLevel() : HonestyCheck.LEVEL;
        if (!(level > 0 && level < 1)) {
            problems.add("level", level, "in (0, 1)");
        }
        problems.throwIfAny(ErrorCode.INVALID_ARGUMENT);
        return new HonestyRequest(
                archive.orElseThrow(),
                dataset.orElseThrow(),
                clean,
                reference,
                twins,
                methods,
                level);
    }

    private static Optional<Digest> digest(String field, String hex, Problems problems) {
        return SpecReader.read(field, hex, h -> Blobs.digest("", h), problems);
    }

    private static Set<ExplanationMethod> methods(
            CheckFairwashingRequest message, Problems problems) {
        Set<ExplanationMethod> methods = EnumSet.noneOf(ExplanationMethod.class);
        for (String label : message.getMethodsList()) {
            SpecReader.read("methods", label, ExplanationMethod::of, problems)
                    .ifPresent(methods::add);
            SpecReader.require("methods", label, problems);
        }
        return methods;
    }

    private static Optional<NullFile> twins(CheckFairwashingRequest message, Problems problems) {
        if (message.getNullFile().isEmpty()) {
            return Optional.empty();
        }
        if (message.getNullFile().size() > LARGEST_NULL) {
            problems.add(
                    "null_file",
                    message.getNullFile().size() + " bytes",
                    "at most " + LARGEST_NULL);
            return Optional.empty();
        }
        return SpecReader.read(
                "null_file",
                message.getNullFile().size() + " bytes",
                size -> NullFile.parse(size, message.getNullFile().toByteArray()),
                problems);
    }
}
