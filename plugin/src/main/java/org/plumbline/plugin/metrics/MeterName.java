package org.plumbline.plugin.metrics;

/** The meters; Prometheus spells the dots as underscores and adds the unit suffixes. */
enum MeterName {
    SAMPLES("plumbline.samples", "Samples by what became of their audit"),
    SCORE("plumbline.tcav.score.ratio", "Share of window samples with positive sensitivity"),
    SCORE_LOWER("plumbline.tcav.score.lower.ratio", "Anytime-valid lower bound of the score"),
    SCORE_UPPER("plumbline.tcav.score.upper.ratio", "Anytime-valid upper bound of the score"),
    POSITIVE("plumbline.tcav.positive.samples", "Samples with positive sensitivity"),
    COUNTED("plumbline.tcav.samples", "Samples with non-zero sensitivity"),
    SENSITIVITY("plumbline.concept.sensitivity", "Mean sensitivity, logits per activation unit"),
    MAGNITUDE("plumbline.concept.sensitivity.abs", "Mean magnitude of the sensitivity"),
    EFFECT("plumbline.concept.effect", "Mean change of the logit when the concept is removed"),
    MASKED("plumbline.concept.masked", "1 if used though the gradient denies it, else 0"),
    P_VALUE(
            "plumbline.concept.p.value",
            "Anytime-valid p-value against random CAVs, corrected for all concepts and classes"),
    DRIFT("plumbline.concept.drift", "1 once the mean sensitivity left its baseline, else 0"),
    DRIFT_EVIDENCE(
            "plumbline.concept.drift.evidence",
            "Evidence for drift of the mean sensitivity over its threshold; 1 alarms"),
    PREVALENCE("plumbline.concept.prevalence.ratio", "Share of window inputs with the concept"),
    PREVALENCE_DRIFT(
            "plumbline.concept.prevalence.drift",
            "1 once the share of inputs with the concept left its baseline, else 0"),
    PREVALENCE_EVIDENCE(
            "plumbline.concept.prevalence.drift.evidence",
            "Evidence for drift of the prevalence over its threshold; 1 alarms"),
    PRESENT("plumbline.concept.present.samples", "Audited inputs with the concept"),
    SEEN("plumbline.concept.samples", "Audited inputs compared with the concept"),
    CAV_AUC(
            "plumbline.concept.cav.auc.ratio",
            "Area under the curve of a CAV on held-out examples"),
    CAV_POOR("plumbline.concept.cav.poor", "1 for a CAV too poor to raise alerts, else 0"),
    AUDIT("plumbline.audit", "Time one audit adds to a request"),
    OVERHEAD("plumbline.overhead.ratio", "Work audits add as a share of plain answers"),
    QUEUE("plumbline.queue.depth", "Answered requests whose audit waits"),
    LAST("plumbline.last.audit.timestamp", "When a request was audited last"),
    STATE("plumbline.model.state", "1 for the state a served model is in"),
    MITIGATION("plumbline.mitigation.active", "1 while answers are given without the concept"),
    MITIGATED(
            "plumbline.mitigated.requests",
            "Requests while a mitigation was on, by whether it could answer"),
    FAIRWASHING(
            "plumbline.fairwashing.suspect",
            "1 while explanations look manipulated, else 0; after hysteresis"),
    FAIRWASHING_STATE(
            "plumbline.fairwashing.state", "1 for what the watch over explanations is doing"),
    FAIRWASHING_SCORE("plumbline.fairwashing.score", "Detector's statistic in the last window"),
    FAIRWASHING_P_VALUE(
            "plumbline.fairwashing.p.value",
            "P-value in the last window, corrected for all detectors and methods"),
    FAIRWASHING_WINDOWS("plumbline.fairwashing.windows", "Windows of inputs by outcome"),
    FAIRWASHING_SECONDS(
            "plumbline.fairwashing.seconds", "Processor time of examinations, one core"),
    DELIVERIES("plumbline.deliveries", "Steps of deliveries by outcome"),
    BUILD("plumbline.build.info", "Version of the plugin");

    private final String meter;
    private final String description;

    MeterName(String meter, String description) {
        this.meter = meter;
        this.description = description;
    }

    /** Returns the name of the meter. */
    String meter() {
        return meter;
    }

    /** Returns one line for the scrape page. */
    String description() {
        return description;
    }
}
