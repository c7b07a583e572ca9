package org.plumbline.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeriesTest {
    @Test
    void quantilesLieBetweenNeighbours() {
        Series series = new Series();
        for (int i = 100; i >= 0; i--) {
            series.add(i);
        }
        assertThat(series.median()).isEqualTo(50);
        assertThat(series.quantile(0.99)).isEqualTo(99);
        assertThat(series.quantile(0.995)).isEqualTo(99.5);
        assertThat(series.max()).isEqualTo(100);
        assertThat(new Series().median()).isNaN();
    }
}
