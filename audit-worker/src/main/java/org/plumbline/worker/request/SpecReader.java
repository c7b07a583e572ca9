package org.plumbline.worker.request;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.LayerPath;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CreateCorrectionRequest;
import org.plumbline.proto.v1.GateMode;
import org.plumbline.worker.config.Problems;
import org.plumbline.worker.correction.Correction;
import org.plumbline.worker.dataset.DatasetInfo;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.job.AttackRecipe;
import org.plumbline.worker.job.JobSpec;
import org.plumbline.worker.job.RepairRecipe;
import org.plumbline.worker.store.ArchiveStore;

import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Requests to validated specifications: every wrong field is named at once. Thread-safe. */
final class SpecReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /** Methods that work along a CAV. */
    private static final Set<String> CONCEPT_METHODS = Set.of("rr-clarc", "a-clarc", "p-clarc");

    private final ArchiveStore archives;
    private final DatasetStore datasets;

    private final boolean redTeam;

    /**
     * Makes a reader.
     *
     * @param redTeam whether attacks on explanations may be asked for
     */
    SpecReader(ArchiveStore archives, DatasetStore datasets, boolean redTeam) {
        this.archives = archives;
        this.datasets = datasets;
        this.redTeam = redTeam;
    }

    /**
     * Returns what is asked for, without looking at what the worker holds. The target of an attack
     * that is not allowed is not decoded.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} with every problem
     */
    JobSpec parse(CreateCorrectionRequest request) {
        Problems problems = new Problems();
        CorrectionSpec spec = request.getSpec();
        checkName("request_id", request.getRequestId(), problems);
        checkName("spec.model_name", spec.getModelName(), problems);
        read("spec.archive_sha256", spec.getArchiveSha256(), h -> Blobs.digest("", h), problems);
        Optional<LayerPath> layer = read("spec.layer", spec.getLayer(), LayerPath::new, problems);
        Optional<ConceptId> concept =
                read("spec.concept", spec.getConcept(), ConceptId::new, problems);
        Optional<String> dataset =
                read("spec.dataset", spec.getDataset(), DatasetStore::id, problems);
        require("spec.archive_sha256", spec.getArchiveSha256(), problems);
        require("spec.dataset", spec.getDataset(), problems);
        if (CONCEPT_METHODS.contains(spec.getMethod())) {
            require("spec.layer", spec.getLayer(), problems);
            require("spec.concept", spec.getConcept(), problems);
        }
        if (spec.hasTargetClass() && spec.getTargetClass() < 0) {
            problems.add("spec.target_class", spec.getTargetClass(), "0 or more");
        }
        if (spec.getGateMode() == GateMode.UNRECOGNIZED) {
            problems.add("spec.gate_mode", spec.getGateModeValue(), "a known mode");
        }
        checkMethod(spec, problems);
        problems.throwIfAny(ErrorCode.INVALID_ARGUMENT);
        return new JobSpec(
                spec.getModelName(),
                spec.getArchiveSha256(),
                dataset.orElseThrow(),
                RepairRecipe.of(
                        spec.getMethod(),
                        parameters(spec),
                        layer,
                        concept,
                        spec.hasTargetClass()
                                ? OptionalInt.of(spec.getTargetClass())
                                : OptionalInt.empty()),
                spec.getGateMode() != GateMode.GATE_MODE_REPORT_ONLY);
    }

    /**
     * Checks a specification against what the worker holds.
     *
     * @throws AuditException {@code NOT_FOUND} for a missing archive, data set or concept, {@code
     *     FAILED_PRECONDITION} for an incomplete data set or an attack that is not allowed
     */
    void check(JobSpec spec) {
        if (spec.recipe().method().equals(AttackRecipe.METHOD) && !redTeam) {
            throw AuditException.of(
                    ErrorCode.FAILED_PRECONDITION,
                    "spec.method",
                    AttackRecipe.METHOD,
                    "a worker with red-team: true in worker.yaml");
        }
        archives.archive(spec.archive());
        spec.recipe().layer().ifPresent(layer -> archives.checkLayer(spec.archive(), layer));
        datasets.files(spec.dataset());
        DatasetInfo info = datasets.require(spec.dataset());
        DatasetInfo.Summary content = info.content().orElseThrow();
        Optional<ConceptId> concept = spec.recipe().concept();
        if (concept.isPresent() && !content.concepts().contains(concept.get().value())) {
            throw AuditException.of(
                    ErrorCode.NOT_FOUND,
                    "spec.concept",
                    concept.get(),
                    "one of " + content.concepts());
        }
        if (spec.recipe().targetClass().orElse(0) >= content.classes()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT,
                    "spec.target_class",
                    spec.recipe().targetClass().orElse(0),
                    "0 to " + (content.classes() - 1));
        }
    }

    private static boolean attack(CorrectionSpec spec) {
        return spec.getMethod().equals(AttackRecipe.METHOD);
    }

    /** The target of an attack travels as bytes and is kept as text. */
    private static Map<String, String> parameters(CorrectionSpec spec) {
        Map<String, String> parameters = new TreeMap<>(spec.getParametersMap());
        if (attack(spec) && !spec.getTarget().isEmpty()) {
            parameters.put(
                    AttackRecipe.TARGET,
                    Base64.getEncoder().encodeToString(spec.getTarget().toByteArray()));
        }
        return parameters;
    }

    private void checkMethod(CorrectionSpec spec, Problems problems) {
        if (!attack(spec) && !spec.getTarget().isEmpty()) {
            problems.add(
                    "spec.target", spec.getTarget().size() + " bytes", "none but for fairwash");
        }
        if (attack(spec) && spec.containsParameters(AttackRecipe.TARGET)) {
            problems.add("spec.parameters", "target", "the field spec.target");
            return;
        }
        try {
            if (!attack(spec)) {
                Correction.of(spec.getMethod(), spec.getParametersMap());
            } else if (redTeam) {
                AttackRecipe.of(parameters(spec));
            }
        } catch (AuditException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private static void checkName(String field, String value, Problems problems) {
        if (!NAME.matcher(value).matches()) {
            problems.add(field, value, "1 to 128 characters of A-Z a-z 0-9 . _ -");
        }
    }

    static void require(String field, String value, Problems problems) {
        if (value.isEmpty()) {
            problems.add(field, "missing", "a value");
        }
    }

    static <T> Optional<T> read(
            String field, String text, Function<String, T> parse, Problems problems) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(text));
        } catch (IllegalArgumentException | AuditException e) {
            String message = String.valueOf(e.getMessage());
            int expected = message.lastIndexOf("(expected: ");
            problems.add(
                    field + ": " + text + " " + (expected < 0 ? "" : message.substring(expected)));
            return Optional.empty();
        }
    }
}
