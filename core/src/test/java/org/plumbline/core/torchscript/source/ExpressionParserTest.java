package org.plumbline.core.torchscript.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.core.error.AuditException;

class ExpressionParserTest {
    private static Expression parse(String text) {
        return ExpressionParser.parse(
                Tokenizer.tokenize("test", text).stream()
                        .filter(t -> t.kind() != Token.Kind.END_OF_LINE)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.conv2d(x, weight, None, [1, 1], [0, 0])",
                "(torch.size(k))[0]",
                "annotate(List[Tuple[int, int]], [])",
                "torch.add(x, y, alpha=-1.5e-05)",
                "getattr(self, \"0\").weight",
                "(a, b)",
                "(a,)",
                "{\"k\": torch.relu(x), \"l\": y}",
            })
    void printsWhatItRead(String text) {
        assertThat(parse(text).text()).isEqualTo(text);
    }

    @Test
    void trailingCommasAndBracketsAroundOneNameVanish() {
        assertThat(parse("(_0).forward((_1).forward(x, ), )").text())
                .isEqualTo("_0.forward(_1.forward(x))");
        assertThat(parse("a, b, c").text()).isEqualTo("(a, b, c)");
        assertThat(parse("{\"k\": x, }").text()).isEqualTo("{\"k\": x}"); // the engine wants none
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1.,1", "1.0,1", "10,10", "-1.5e-05,-1.5e-05", "2E3,2000"})
    void readsTheValueOfANumber(String text, double value) {
        assertThat(parse(text).number()).contains(value);
        assertThat(parse(text).isNumber(1)).isEqualTo(value == 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\"1\"", "True", "None", "[1]", "1e", "1.1.1", "0x10", "1f"})
    void otherValuesAreNoNumbers(String text) {
        assertThat(parse(text).number()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch.add(x y)", "x if c else y", "a +", "[1, 2", ")"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(AuditException.class);
    }
}
