package org.plumbline.worker.request;

import com.google.protobuf.Timestamp;

import org.plumbline.core.cav.CavQuality;
import org.plumbline.core.fairwashing.Detector;
import org.plumbline.core.fairwashing.FairwashingVerdict;
import org.plumbline.core.fairwashing.SimilarityTally;
import org.plumbline.core.sensitivity.TcavMetrics;
import org.plumbline.proto.v1.AttackReport;
import org.plumbline.proto.v1.BatchMean;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.CorrectionSpec;
import org.plumbline.proto.v1.CorrectionState;
import org.plumbline.proto.v1.Evaluation;
import org.plumbline.proto.v1.FairwashingFindings;
import org.plumbline.proto.v1.FairwashingSignal;
import org.plumbline.proto.v1.GateMode;
import org.plumbline.proto.v1.MapSimilarity;
import org.plumbline.proto.v1.Progress;
import org.plumbline.proto.v1.StudentNumbers;
import org.plumbline.worker.dataset.DatasetStore;
import org.plumbline.worker.delivery.Delivery;
import org.plumbline.worker.delivery.DeliveryState;
import org.plumbline.worker.evaluation.Estimate;
import org.plumbline.worker.evaluation.EvaluationReport;
import org.plumbline.worker.evaluation.GroupAccuracy;
import org.plumbline.worker.evaluation.PairedChange;
import org.plumbline.worker.fairwashing.AttackOutcome;
import org.plumbline.worker.fairwashing.HonestyFindings;
import org.plumbline.worker.fairwashing.StudentReport;
import org.plumbline.worker.gate.GateDecision;
import org.plumbline.worker.gate.GateRule;
import org.plumbline.worker.job.AttackRecipe;
import org.plumbline.worker.job.Checkpoint;
import org.plumbline.worker.job.Job;
import org.plumbline.worker.job.JobSpec;
import org.plumbline.worker.job.JobState;
import org.plumbline.worker.job.RepairOutcome;
import org.plumbline.worker.job.RepairProgress;
import org.plumbline.worker.job.RepairRecipe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Domain values as messages. Thread-safe. */
final class Protos {
    /** Starts every resource name of a correction. */
    static final String CORRECTIONS = "corrections/";

    private Protos() {}

    static Correction correction(Job job) {
        Correction.Builder message =
                Correction.newBuilder()
                        .setName(CORRECTIONS + job.id())
                        .setRequestId(job.requestId())
                        .setSpec(spec(job.spec()))
                        .setState(state(job.state()))
                        .setCreateTime(time(job.createTime()))
                        .setUpdateTime(time(job.updateTime()))
                        .setAttempt(job.attempt());
        if (job.state() instanceof JobState.Running running) {
            message.setProgress(progress(running.progress()));
            running.before().ifPresent(report -> message.setBefore(evaluation(report)));
        }
        if (job.state() instanceof JobState.Failed failed) {
            message.setError(failed.error());
        }
        job.state().outcome().ifPresent(outcome -> add(outcome, message));
        job.state().checkpoint().ifPresent(c -> message.setCheckpoint(checkpoint(c)));
        if (job.state() instanceof JobState.Manipulated manipulated) {
            message.setAttack(attack(manipulated.attack()));
        }
        message.addAllWarnings(job.state().warnings());
        job.deliveries().forEach(delivery -> message.addDeliveries(delivery(delivery)));
        return message.build();
    }

    private static void add(RepairOutcome outcome, Correction.Builder message) {
        message.setBefore(evaluation(outcome.before()))
                .setAfter(evaluation(outcome.after()))
                .setGate(gate(outcome.gate()))
                .addAllPaired(paired(outcome));
    }

    private static org.plumbline.proto.v1.Checkpoint checkpoint(Checkpoint checkpoint) {
        return org.plumbline.proto.v1.Checkpoint.newBuilder()
                .setSha256(checkpoint.sha256())
                .setSizeBytes(checkpoint.sizeBytes())
                .build();
    }

    private static AttackReport attack(AttackOutcome outcome) {
        return AttackReport.newBuilder()
                .setUniformMse(outcome.uniformMse())
                .setTeacher(student(outcome.teacher()))
                .setTrainingForm(student(outcome.trainingForm()))
                .setServedForm(student(outcome.servedForm()))
                .build();
    }

    private static StudentNumbers student(StudentReport report) {
        StudentNumbers.Builder message =
                StudentNumbers.newBuilder()
                        .setAccuracy(mean(report.accuracy()))
                        .setTeacherAccuracy(mean(report.teacherAccuracy()))
                        .setOutputMse(mean(report.outputMse()))
                        .setRaw(maps(report.maps()));
        report.projected().ifPresent(projected -> message.setProjected(maps(projected)));
        return message.build();
    }

    private static MapSimilarity maps(SimilarityTally.Summary summary) {
        MapSimilarity.Builder message =
                MapSimilarity.newBuilder()
                        .setMse(mean(summary.mse()))
                        .setPcc(mean(summary.pcc()))
                        .setSsim(mean(summary.ssim()))
                        .setWithoutMap(summary.empty());
        summary.ssimBatchPlane().ifPresent(plane -> message.setSsimBatchPlane(mean(plane)));
        return message.build();
    }

    private static BatchMean mean(SimilarityTally.Estimate estimate) {
        return BatchMean.newBuilder().setMean(estimate.mean()).setError(estimate.error()).build();
    }

    private static List<org.plumbline.proto.v1.PairedChange> paired(RepairOutcome outcome) {
        List<org.plumbline.proto.v1.PairedChange> changes = new ArrayList<>();
        outcome.paired()
                .ifPresent(
                        paired ->
                                paired.accuracies()
                                        .forEach(
                                                (metric, change) ->
                                                        changes.add(change(metric, change))));
        return changes;
    }

    private static org.plumbline.proto.v1.PairedChange change(String metric, PairedChange change) {
        return org.plumbline.proto.v1.PairedChange.newBuilder()
                .setMetric(metric)
                .setSamples(change.samples())
                .setWorse(change.worse())
                .setBetter(change.better())
                .setLower(change.lower())
                .setUpper(change.upper())
                .setPValue(change.probability())
                .build();
    }

    static CorrectionState state(JobState state) {
        return CorrectionState.valueOf(
                "CORRECTION_STATE_" + state.label().toUpperCase(Locale.ROOT));
    }

    /** Returns all but an attack's target, which is too large to be sent with each message. */
    static CorrectionSpec spec(JobSpec spec) {
        RepairRecipe recipe = spec.recipe();
        CorrectionSpec.Builder message =
                CorrectionSpec.newBuilder()
                        .setModelName(spec.modelName())
                        .setArchiveSha256(spec.archiveSha256())
                        .setDataset(DatasetStore.COLLECTION + spec.dataset())
                        .setMethod(recipe.method())
                        .putAllParameters(texts(recipe))
                        .setGateMode(
                                spec.enforceGate()
                                        ? GateMode.GATE_MODE_ENFORCE
                                        : GateMode.GATE_MODE_REPORT_ONLY);
        recipe.layer().ifPresent(layer -> message.setLayer(layer.value()));
        recipe.concept().ifPresent(concept -> message.setConcept(concept.value()));
        recipe.targetClass().ifPresent(message::setTargetClass);
        return message.build();
    }

    private static Map<String, String> texts(RepairRecipe recipe) {
        Map<String, String> texts = new TreeMap<>(recipe.parameters());
        if (recipe.method().equals(AttackRecipe.METHOD)) {
            texts.remove(AttackRecipe.TARGET);
        }
        return texts;
    }

    static Evaluation evaluation(EvaluationReport report) {
        Evaluation.Builder message =
                Evaluation.newBuilder().setAccuracy(report.accuracy()).setSamples(report.samples());
        report.cleanAccuracy().ifPresent(message::setCleanAccuracy);
        report.biasedAccuracy().ifPresent(message::setBiasedAccuracy);
        report.worstGroupAccuracy().ifPresent(message::setWorstGroupAccuracy);
        report.alignedAccuracy().ifPresent(message::setAlignedAccuracy);
        report.conflictingAccuracy().ifPresent(message::setConflictingAccuracy);
        report.groups().forEach(group -> message.addGroups(group(group)));
        report.estimates().forEach(estimate -> message.addEstimates(estimate(estimate)));
        report.cav().ifPresent(cav -> message.setCav(quality(cav)));
        message.addAllNotes(report.notes());
        report.tcav().ifPresent(tcav -> add(tcav, message));
        return message.build();
    }

    private static void add(TcavMetrics tcav, Evaluation.Builder message) {
        message.setTcavScore(tcav.meanQuotient())
                .setTcavScoreStandardError(tcav.meanQuotientStandardError())
                .setTcavLocationScore(tcav.quotient())
                .setSensitivity(tcav.sensitivity())
                .setSensitivityStandardError(tcav.sensitivityStandardError());
    }

    private static org.plumbline.proto.v1.GroupAccuracy group(GroupAccuracy group) {
        return org.plumbline.proto.v1.GroupAccuracy.newBuilder()
                .setLabel(group.label())
                .setConcept(group.concept())
                .setAccuracy(group.accuracy())
                .setSamples(group.samples())
                .setLower(group.interval().lower())
                .setUpper(group.interval().upper())
                .build();
    }

    private static org.plumbline.proto.v1.Estimate estimate(Estimate estimate) {
        return org.plumbline.proto.v1.Estimate.newBuilder()
                .setMetric(estimate.metric())
                .setValue(estimate.value())
                .setLower(estimate.lower())
                .setUpper(estimate.upper())
                .setSamples(estimate.samples())
                .setInterval(estimate.interval())
                .build();
    }

    private static org.plumbline.proto.v1.GateDecision gate(GateDecision decision) {
        org.plumbline.proto.v1.GateDecision.Builder message =
                org.plumbline.proto.v1.GateDecision.newBuilder().setAccepted(decision.accepted());
        for (GateRule rule : decision.rules()) {
            message.addRulesBuilder()
                    .setName(rule.name())
                    .setPassed(rule.passed())
                    .setValue(rule.value())
                    .setBound(rule.bound())
                    .setDescription(rule.description());
        }
        return message.build();
    }

    private static Progress progress(RepairProgress progress) {
        Progress.Builder message =
                Progress.newBuilder()
                        .setPhase(progress.phase())
                        .setEpoch(progress.epoch())
                        .setEpochs(progress.epochs())
                        .setStep(progress.step())
                        .setSteps(progress.steps())
                        .putAllMetrics(progress.metrics());
        progress.etaSeconds().ifPresent(message::setEtaSeconds);
        return message.build();
    }

    private static org.plumbline.proto.v1.Delivery delivery(Delivery delivery) {
        return org.plumbline.proto.v1.Delivery.newBuilder()
                .setServerId(delivery.serverId())
                .setState(state(delivery.state()))
                .setDetail(delivery.detail())
                .setUpdateTime(time(delivery.updateTime()))
                .build();
    }

    static org.plumbline.proto.v1.DeliveryState state(DeliveryState state) {
        return org.plumbline.proto.v1.DeliveryState.valueOf("DELIVERY_STATE_" + state.name());
    }

    static Timestamp time(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static org.plumbline.proto.v1.CavQuality quality(CavQuality quality) {
        org.plumbline.proto.v1.CavQuality.Builder message =
                org.plumbline.proto.v1.CavQuality.newBuilder()
                        .setSeparability(quality.separation().separability())
                        .setAuc(quality.separation().auc())
                        .setHeldOutAuc(quality.heldOutAuc())
                        .setPoor(quality.poor().orElse(""));
        quality.stability()
                .ifPresent(
                        stability ->
                                message.setStability(stability.mean())
                                        .setStabilityLower(stability.lower())
                                        .setStabilityUpper(stability.upper()));
        return message.build();
    }

    static FairwashingFindings findings(HonestyFindings found) {
        FairwashingFindings.Builder message =
                FairwashingFindings.newBuilder()
                        .setVerdict(found.verdict().label())
                        .setPValue(found.verdict().pValue())
                        .setLevel(found.verdict().level())
                        .setNullSource(found.sourceLabel())
                        .setSamples(found.samples())
                        .addAllLeftOut(found.leftOut().stream().map(Detector::label).toList());
        for (FairwashingVerdict.Tested tested : found.verdict().tested()) {
            message.addSignals(
                    FairwashingSignal.newBuilder()
                            .setDetector(tested.signal().detector().label())
                            .setMethod(tested.signal().method().label())
                            .setStatistic(tested.statistic())
                            .setExpected(tested.expected())
                            .setStandardError(tested.error())
                            .setPValue(tested.pValue())
                            .setCorrectedPValue(tested.corrected())
                            .setInputs(tested.inputs())
                            .setSpoke(found.spoke(tested))
                            .addAllExamples(found.examples(tested)));
        }
        return message.build();
    }
}
