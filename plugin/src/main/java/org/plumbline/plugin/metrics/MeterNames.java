package org.plumbline.plugin.metrics;

/** Names of the meters; Prometheus spells the dots as underscores and adds the unit suffixes. */
final class MeterNames {
    static final String SAMPLES = "plumbline.samples";
    static final String SCORE = "plumbline.tcav.score.ratio";
    static final String SCORE_LOWER = "plumbline.tcav.score.lower.ratio";
    static final String SCORE_UPPER = "plumbline.tcav.score.upper.ratio";
    static final String POSITIVE = "plumbline.tcav.positive.samples";
    static final String COUNTED = "plumbline.tcav.samples";
    static final String SENSITIVITY = "plumbline.concept.sensitivity";
    static final String MAGNITUDE = "plumbline.concept.sensitivity.abs";
    static final String AUDIT = "plumbline.audit";
    static final String OVERHEAD = "plumbline.overhead.ratio";
    static final String QUEUE = "plumbline.queue.depth";
    static final String LAST = "plumbline.last.audit.timestamp";
    static final String STATE = "plumbline.model.state";
    static final String DELIVERIES = "plumbline.deliveries";
    static final String BUILD = "plumbline.build.info";

    private MeterNames() {}
}
