package org.plumbline.cli.quickstart;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What the server's scrape page says about the concept. Immutable.
 *
 * @param score share of window samples with positive sensitivity, in [0, 1]
 * @param lower anytime-valid lower bound of the score
 * @param upper anytime-valid upper bound of the score
 * @param sensitivity mean sensitivity, logits per unit of activation
 * @param magnitude mean magnitude of the sensitivity
 * @param audited samples audited so far
 */
record LiveNumbers(
        double score,
        double lower,
        double upper,
        double sensitivity,
        double magnitude,
        double audited) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int POLL_MILLIS = 100;

    /**
     * Reads the page once the queue has been worked off.
     *
     * @param digest of the archive whose version is meant
     * @param samples samples that version must have audited
     */
    static LiveNumbers await(HostClient host, Digest digest, int samples)
            throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (true) {
            Exposition page = Exposition.parse(host.text("/metrics")).ofVersion(digest.brief());
            double audited =
                    page.value("plumbline_samples_total", Map.of("outcome", "audited")).orElse(0);
            double queued = page.value("plumbline_queue_depth", Map.of()).orElse(0);
            if (audited >= samples && queued == 0) {
                return read(page, audited);
            }
            if (Instant.now().isAfter(deadline)) {
                throw AuditException.of(
                        ErrorCode.UNAVAILABLE,
                        "plumbline_samples_total",
                        audited,
                        samples + " audited samples");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static LiveNumbers read(Exposition page, double audited) {
        return new LiveNumbers(
                value(page, "plumbline_tcav_score_ratio"),
                value(page, "plumbline_tcav_score_lower_ratio"),
                value(page, "plumbline_tcav_score_upper_ratio"),
                value(page, "plumbline_concept_sensitivity"),
                value(page, "plumbline_concept_sensitivity_abs"),
                audited);
    }

    private static double value(Exposition page, String name) {
        Map<String, String> labels =
                Map.of("concept", FashionBias.CONCEPT, "class", String.valueOf(FashionBias.TARGET));
        return page.value(name, labels)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.UNAVAILABLE, name, "missing", "on /metrics"));
    }
}
