package org.plumbline.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.core.fairwashing.SimilarityTally;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.worker.delivery.Delivery;
import org.plumbline.worker.delivery.DeliveryState;
import org.plumbline.worker.evaluation.Estimate;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.GroupAccuracy;
import org.plumbline.worker.evaluation.PairedChange;
import org.plumbline.worker.evaluation.PairedComparison;
import org.plumbline.worker.fairwashing.AttackOutcome;
import org.plumbline.worker.fairwashing.StudentReport;
import org.plumbline.worker.gate.GateDecision;
import org.plumbline.worker.gate.GateRule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Stream;

class JobStoreTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir private Path folder;

    static Stream<JobState> states() {
        EvaluationReport report =
                new EvaluationReport(
                        5,
                        0.8,
                        0.1,
                        OptionalDouble.of(0.9),
                        OptionalDouble.empty(),
                        OptionalDouble.of(0.5),
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        List.of(new GroupAccuracy(1, 0, 0.5, 2)),
                        Optional.of(new TcavMetrics(0.5, 0, 0.6, 0, 1e-9, 0, 1, 2, 3)),
                        List.of(new Estimate("accuracy", 0.8, 0.3, 0.95, 5, "wilson")),
                        Optional.empty(),
                        List.of("a note"));
        GateRule rule = new GateRule("tcav_distance", true, Double.NaN, Double.NaN, "no");
        Checkpoint checkpoint = new Checkpoint(Digest.of(new byte[0]).hex(), 7);
        RepairOutcome outcome =
                new RepairOutcome(
                        report,
                        report,
                        new GateDecision.Accepted(List.of(rule)),
                        checkpoint,
                        Optional.of(
                                new PairedComparison(
                                        PairedChange.of(5, 1, 2),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(
                                                new PairedComparison.GroupChange(
                                                        new GroupAccuracy(1, 0, 0.5, 2),
                                                        PairedChange.of(2, 1, 0),
                                                        4)),
                                        Optional.empty(),
                                        Optional.of(new PairedComparison.Shift(-1, -2, 0.5)))),
                        List.of("not cached"));
        RepairProgress progress =
                new RepairProgress("train", 1, 2, 3, 4, Map.of("loss", 0.5), OptionalDouble.of(6));
        return Stream.of(
                new JobState.Queued(),
                new JobState.Running(progress, Optional.of(report), List.of("not cached")),
                new JobState.Succeeded(outcome),
                new JobState.Rejected(
                        new RepairOutcome(
                                report,
                                report,
                                new GateDecision.Rejected(List.of(rule)),
                                checkpoint,
                                Optional.empty(),
                                List.of())),
                new JobState.Manipulated(attack(), checkpoint, List.of("not cached")),
                new JobState.Failed("disk: full"),
                new JobState.Cancelled());
    }

    private static AttackOutcome attack() {
        SimilarityTally.Estimate estimate = new SimilarityTally.Estimate(0.25, Double.NaN);
        SimilarityTally.Summary maps =
                new SimilarityTally.Summary(estimate, estimate, estimate, Optional.empty(), 2);
        StudentReport report =
                new StudentReport(estimate, estimate, estimate, maps, Optional.of(maps));
        return new AttackOutcome(1e-6, report, report, report);
    }

    static Job job(String id, JobState state, int attempt) {
        RepairRecipe recipe =
                RepairRecipe.of(
                        "vanilla",
                        Map.of("lambda", "1"),
                        Optional.of(new LayerPath("features.8")),
                        Optional.of(new ConceptId("stamp")),
                        OptionalInt.of(3));
        JobSpec spec = new JobSpec("m", Digest.of(new byte[1]).hex(), "d", recipe, true);
        Delivery delivery = new Delivery("s", DeliveryState.STAGED, "", TIME);
        return new Job(id, "r-" + id, spec, state, TIME, TIME, attempt, List.of(delivery));
    }

    @ParameterizedTest
    @MethodSource("states")
    void everyStateSurvivesTheProcess(JobState state) {
        Job job = job("1", state, 1);
        new JobStore(folder).save(job);
        assertThat(new JobStore(folder).loadAll()).containsExactly(job);
        assertThat(JobState.LABELS).contains(state.label());
    }

    @Test
    void everyPermittedStateIsTestedAndHasALabel() {
        assertThat(states().map(JobState::getClass))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(JobState.class.getPermittedSubclasses())
                                .<Class<? extends JobState>>map(c -> c.asSubclass(JobState.class))
                                .toList());
        assertThat(states().map(JobState::label).distinct())
                .containsExactlyElementsOf(JobState.LABELS);
    }

    @Test
    void aJobWrittenBeforeThereWereWarningsHasNone() throws IOException {
        JobStore store = new JobStore(folder);
        store.save(job("1", states().toList().get(2), 1));
        Path file = folder.resolve("1.json");
        String now = Files.readString(file);
        String then = now.replaceAll("\"warnings\"\\s*:\\s*\\[[^]]*],?", "").replace(",}", "}");
        assertThat(then).isNotEqualTo(now);
        Files.writeString(file, then);
        assertThat(store.loadAll())
                .singleElement()
                .satisfies(job -> assertThat(job.state().warnings()).isEmpty());
    }

    @Test
    void aCorruptFileIsSetAsideAndTheOthersLoad() throws IOException {
        JobStore store = new JobStore(folder);
        store.save(job("1", new JobState.Queued(), 0));
        Files.writeString(folder.resolve("2.json"), "{\"id\": \"2\"");
        Files.writeString(folder.resolve("3.json"), "{\"id\": \"3\"}");
        Files.writeString(folder.resolve("4.json.part"), "half");
        assertThat(store.loadAll()).extracting(Job::id).containsExactly("1");
        assertThat(folder.resolve("quarantine/2.json")).exists();
        assertThat(folder.resolve("quarantine/3.json")).exists();
        assertThat(folder.resolve("4.json.part")).doesNotExist();
    }
}
