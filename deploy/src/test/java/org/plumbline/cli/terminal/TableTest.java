package org.plumbline.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

class TableTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void fieldsBecomeLinesAndNestedOnesCarryTheirParent() throws Exception {
        String text = Table.of(MAPPER.readTree("{\"mean_lengths\": {\"clean\": 0.5}, \"n\": 3}"));
        assertThat(text.lines())
                .containsExactly(
                        "mean lengths clean           0.500000", "n                            3");
    }

    @Test
    void listsOfObjectsBecomeAlignedColumnsAndMissingCellsDashes() throws Exception {
        String text =
                Table.of(MAPPER.readTree("[{\"a\": \"long one\", \"b\": 1}, {\"a\": \"x\"}]"));
        assertThat(text.lines()).containsExactly("a         b", "long one  1", "x         -");
    }

    @Test
    void listsInsideObjectsFollowTheirName() throws Exception {
        String text = Table.of(MAPPER.readTree("{\"shape\": [2, 3], \"rows\": [{\"a\": true}]}"));
        assertThat(text.lines())
                .containsExactly("shape                        2 3", "rows:", "a", "true");
    }
}
