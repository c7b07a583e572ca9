package org.plumbline.cli.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;

class ExpositionTest {
    private static final Exposition PAGE =
            Exposition.parse(
                    """
                    # HELP plumbline_samples_total what became of samples
                    # TYPE plumbline_samples_total counter
                    plumbline_samples_total{model_version="1-abc",outcome="audited"} 12.0
                    plumbline_samples_total{model_version="1-def",outcome="audited"} 3
                    plumbline_odd{text="a \\"quoted\\", b"} NaN
                    plumbline_queue_depth 0.0
                    plumbline_seconds_bucket{le="+Inf"} +Inf 1700000000
                    """);

    @Test
    void valuesAreFoundByNameAndLabels() {
        assertThat(PAGE.value("plumbline_samples_total", Map.of("model_version", "1-def")))
                .hasValue(3);
        assertThat(PAGE.value("plumbline_queue_depth", Map.of())).hasValue(0);
        assertThat(PAGE.value("plumbline_samples_total", Map.of("outcome", "lost"))).isEmpty();
    }

    @Test
    void aVersionKeepsItsOwnSeriesAndThoseOfNoModel() {
        Exposition version = PAGE.ofVersion("def");
        assertThat(version.value("plumbline_samples_total", Map.of())).hasValue(3);
        assertThat(version.value("plumbline_queue_depth", Map.of())).hasValue(0);
    }

    @Test
    void specialNumbersAndEscapesAreRead() {
        assertThat(PAGE.value("plumbline_odd", Map.of()).orElseThrow()).isNaN();
        assertThat(PAGE.value("plumbline_seconds_bucket", Map.of("le", "+Inf")).orElseThrow())
                .isInfinite();
        assertThat(PAGE.names())
                .containsExactly(
                        "plumbline_samples_total",
                        "plumbline_odd",
                        "plumbline_queue_depth",
                        "plumbline_seconds_bucket");
    }
}
