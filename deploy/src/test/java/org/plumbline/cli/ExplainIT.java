package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import javax.imageio.ImageIO;

/** The command on a committed archive with the real engine. */
class ExplainIT {
    private static final String MODEL = "models/fashion_cnn.pt";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int ROWS = 6;
    private static final int SIZE = 28 * 28;
    private static final double FLOATS = 1e-5; // sums of 784 single precision numbers

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private float[] pixels = {};

    @BeforeEach
    void writeInputs() throws Exception {
        SplittableRandom random = new SplittableRandom(8);
        pixels = new float[ROWS * SIZE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        write("x.npy", pixels, ROWS, 1, 28, 28);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"gradient", "gradient-input", "integrated-gradients", "lrp"})
    void mapsAreSumsOfAttributionsOverChannels(String method) throws Exception {
        JsonNode result = explain(method, "--raw", file("r.npy"), "--steps=20");
        FloatTensor raw = NpyFile.readFloats(folder.resolve("r.npy"));
        FloatTensor maps = NpyFile.readFloats(folder.resolve("h.npy"));
        assertThat(raw.shape()).containsExactly(ROWS, 1, 28, 28);
        assertThat(maps.shape()).containsExactly(ROWS, 28, 28);
        assertThat(maps.values()).containsExactly(raw.values()); // one channel
        assertThat(result.path("method").textValue()).isEqualTo(method);
        assertThat(result.path("samples").intValue()).isEqualTo(ROWS);
        assertThat(result.path("explanations")).hasSize(ROWS);
        for (JsonNode row : result.path("explanations")) {
            assertThat(row.path("class").intValue()).isEqualTo(row.path("predicted").intValue());
            assertThat(row.path("probability").doubleValue()).isBetween(0.1, 1.0);
            assertThat(row.path("sum").doubleValue())
                    .isCloseTo(sum(maps, row.path("sample").intValue()), within(FLOATS));
        }
    }

    @Test
    void gradientTimesInputIsThatProduct() throws Exception {
        explain("gradient", "--class=3", "--raw", file("g.npy"));
        explain("gradient-input", "--class=3", "--raw", file("gi.npy"));
        float[] gradient = floats("g.npy");
        float[] product = floats("gi.npy");
        for (int i = 0; i < pixels.length; i++) {
            assertThat(product[i]).isCloseTo(gradient[i] * pixels[i], within(1e-7f));
        }
    }

    @Test
    void aChosenClassIsExplainedForEverySample() throws Exception {
        JsonNode result = explain("gradient", "--class=7");
        assertThat(result.findValuesAsText("class")).containsOnly("7").hasSize(ROWS);
        JsonNode one = explain("gradient", "--class=1");
        assertThat(one.at("/explanations/0/logit"))
                .isNotEqualTo(result.at("/explanations/0/logit"));
    }

    @Test
    void integratedGradientsAreNearlyCompleteAndMoreStepsHelp() throws Exception {
        double few = completeness("--steps=4");
        double many = completeness("--steps=200");
        assertThat(many).isLessThan(0.05).isLessThan(few); // every ReLU is a kink of the path
        JsonNode legacy = explain("integrated-gradients", "--form=legacy", "--steps=4");
        assertThat(legacy.has("completeness_error_max")).isFalse();
    }

    @Test
    void aPathFromTheInputItselfSaysNothing() throws Exception {
        write("one.npy", Arrays.copyOf(pixels, SIZE), 1, 28, 28);
        explain("integrated-gradients", "--steps=4", "--baseline", file("one.npy"));
        FloatTensor maps = NpyFile.readFloats(folder.resolve("h.npy"));
        assertThat(maps.slice(0, 1).values()).containsOnly(0f);
        assertThat(maps.slice(1, 2).values()).isNotEqualTo(maps.slice(0, 1).values());
    }

    private double completeness(String steps) throws Exception {
        return explain("integrated-gradients", steps).path("completeness_error_max").doubleValue();
    }

    @Test
    void relevanceStartsWithOneOrTheLogit() throws Exception {
        JsonNode zennit = explain("lrp", "--composite=epsilon-plus-flat");
        assertError(zennit, row -> 1);
        JsonNode fairwasher = explain("lrp", "--composite=fairwasher", "--bounds=0,1");
        assertThat(fairwasher.path("bounds")).hasSize(2);
        assertError(fairwasher, row -> row.path("logit").doubleValue());
        // no biases and bounds that hold: nothing is lost but what epsilon takes
        assertThat(fairwasher.path("conservation_error_max").doubleValue()).isLessThan(1e-3);
    }

    private static void assertError(JsonNode result, ToDoubleFunction<JsonNode> promised) {
        for (JsonNode row : result.path("explanations")) {
            assertThat(row.path("error").doubleValue())
                    .isCloseTo(
                            row.path("sum").doubleValue() - promised.applyAsDouble(row),
                            within(1e-9));
        }
    }

    @Test
    void normalisedMagnitudesSumToOne() throws Exception {
        explain("gradient", "--absolute", "--normalise");
        FloatTensor maps = NpyFile.readFloats(folder.resolve("h.npy"));
        for (int row = 0; row < ROWS; row++) {
            assertThat(sum(maps, row)).isCloseTo(1, within(FLOATS));
        }
        for (float value : maps.values()) {
            assertThat(value).isNotNegative();
        }
    }

    @Test
    void batchesDoNotChangeWhatIsSaid() throws Exception {
        explain("lrp", "--batch=1");
        float[] alone = floats("h.npy");
        explain("lrp", "--batch=4");
        float[] together = floats("h.npy");
        for (int i = 0; i < alone.length; i++) {
            assertThat(together[i]).isCloseTo(alone[i], within(1e-6f)); // other summation order
        }
    }

    @Test
    void theTangentSpaceOfOneDirectionKeepsTheMean() throws Exception {
        float[] basis = new float[ROWS * SIZE];
        Arrays.fill(basis, (float) (1 / Math.sqrt(SIZE)));
        npz("v.npy", basis, ROWS, SIZE, 1);
        explain("gradient", "--class=3", "--raw", file("g.npy"));
        float[] gradient = floats("g.npy");
        explain("gradient", "--class=3", "--tangent", file("p.npz"), "--raw", file("t.npy"));
        float[] projected = floats("t.npy");
        explain("gradient-input", "--class=3", "--tangent", file("p.npz"), "--raw", file("ti.npy"));
        float[] product = floats("ti.npy");
        for (int row = 0; row < ROWS; row++) {
            double mean = 0;
            for (int i = row * SIZE; i < (row + 1) * SIZE; i++) {
                mean += gradient[i] / (double) SIZE;
            }
            for (int i = row * SIZE; i < (row + 1) * SIZE; i++) {
                assertThat((double) projected[i]).isCloseTo(mean, within(1e-7));
                assertThat((double) product[i]).isCloseTo(mean * pixels[i], within(1e-7));
            }
        }
    }

    @Test
    void picturesAreDrawnAndOtherFilesStay() throws Exception {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        Files.writeString(pictures.resolve("sheet-001.png"), "old");
        Files.writeString(pictures.resolve("notes.txt"), "mine");
        Files.writeString(folder.resolve("names.txt"), "Trouser\nBag\n");
        JsonNode result =
                explain(
                        "lrp",
                        "--png",
                        pictures.toString(),
                        "--figures=2",
                        "--names",
                        file("names.txt"),
                        "--mean=0",
                        "--std=1",
                        "--smooth",
                        "--own-scale");
        assertThat(result.path("pictures")).hasSize(3);
        for (JsonNode picture : result.path("pictures")) {
            assertThat(ImageIO.read(Path.of(picture.textValue()).toFile()).getWidth())
                    .isGreaterThan(300);
        }
        assertThat(Files.readString(pictures.resolve("notes.txt"))).isEqualTo("mine");
        assertThat(names(pictures))
                .containsExactly(
                        "explanation-00000.png",
                        "explanation-00001.png",
                        "notes.txt",
                        "sheet-001.png");
    }

    @Test
    void theTableShowsSamplesInRows() {
        assertThat(
                        run(
                                "explain",
                                MODEL,
                                "--method=gradient",
                                "--inputs",
                                file("x.npy"),
                                "--out",
                                file("h.npy")))
                .isZero();
        assertThat(out.toString()).contains("sample  class  predicted", "method").hasLineCount(17);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "--method=saliency               | method: saliency (expected: gradient,",
                "--steps=0                       | steps: 0 (expected: 1 to",
                "--quadrature=trapezoid          | quadrature: trapezoid (expected: riemann-right,",
                "--form=new                      | form: new (expected: standard,",
                "--composite=zennit              | composite: zennit (expected: epsilon,",
                "--bounds=1                      | bounds: 1 values (expected: LOW,HIGH)",
                "--bounds=1,0                    | bounds: ",
                "--batch=0                       | batch: 0 (expected: at least 1)",
                "--class=10                      | class: 10 (expected: 0 to 9)",
                "--class=-1                      | class: -1 (expected: 0 to 9)",
                "--figures=-1                    | figures: -1 (expected: 0 or more)",
                "--scale=log                     | scale: log (expected: maximum, robust)",
                "--mean=0.5                      | std: absent (expected: both or neither)",
                "--mean=0.5,0.5 --std=1,1        | mean: 2 values (expected: one, or one for each of 1",
                "--mean=0 --std=0                | std: 0.0 (expected: a finite number > 0)",
                "--out=FOLDER/none/h.npy         | out: ",
                "--out=FOLDER                    | out: ",
                "--raw=FOLDER/none/h.npy         | raw: ",
                "--png=FOLDER/x.npy              | png: ",
                "--names=FOLDER/none.txt         | names: FOLDER/none.txt (expected: a text file in",
                "--tangent=FOLDER/none.npz       | FOLDER/none.npz: no such file",
                "--tangent=FOLDER/x.npy          | x.npy: ",
                "--baseline=FOLDER/x.npy         | baseline: FloatTensor[6, 1, 28, 28] (expected: [1,",
                "--inputs=FOLDER/none.npy        | FOLDER/none.npy: ",
                "--inputs=FOLDER/flat.npy        | inputs: FloatTensor[6, 784] (expected: four axes",
                "--inputs=FOLDER/empty.npy       | inputs: no rows (expected: at least one)",
                "--inputs=FOLDER/nan.npy         | inputs: NaN in row 1 (expected: finite numbers)",
                "--inputs=FOLDER/colour.npy      | inputs: [",
            })
    void badInputIsOneLine(String arguments, String message) throws Exception {
        write("flat.npy", pixels, ROWS, SIZE);
        write("empty.npy", new float[0], 0, 1, 28, 28);
        float[] odd = Arrays.copyOf(pixels, 2 * SIZE);
        odd[SIZE + 3] = Float.NaN;
        write("nan.npy", odd, 2, 1, 28, 28);
        write("colour.npy", pixels, ROWS / 3, 3, 28, 28);
        int code = run(changed(arguments.replace("FOLDER", folder.toString()).split(" ", -1)));
        assertThat(code).as(err.toString()).isEqualTo(ExitCode.BAD_INPUT);
        String wanted = message == null ? "" : message.replace("FOLDER", folder.toString());
        assertThat(err.toString()).startsWith("error: " + wanted).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
        assertThat(folder.resolve("h.npy")).doesNotExist();
    }

    @ParameterizedTest(name = "[{0}, {1}, 1]")
    @CsvSource({"5, 784", "6, 783"})
    void tangentSpacesOfOtherInputsAreRefused(int rows, int size) throws Exception {
        npz("v.npy", new float[rows * size], rows, size, 1);
        assertThat(run(changed("--tangent=" + file("p.npz")))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("error: tangent: ").hasLineCount(1);
    }

    @Test
    void anArrayOfAnotherNameIsNoTangentSpace() throws Exception {
        npz("w.npy", new float[ROWS * SIZE], ROWS, SIZE, 1);
        assertThat(run(changed("--tangent=" + file("p.npz")))).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString())
                .startsWith("error: p.npz/v: absent (expected: one of [w])")
                .hasLineCount(1);
    }

    @Test
    void aSignAndMagnitudesExcludeEachOther() {
        assertThat(run(changed("--signed", "--absolute"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString()).contains("see: plumbline explain --help");
        assertThat(run("explain", MODEL, "--method=lrp")).isEqualTo(ExitCode.USAGE);
    }

    /** Returns a call that works, with some options in place of its own. */
    private String[] changed(String... options) {
        List<String> all = new ArrayList<>(List.of("explain", MODEL));
        List<String> more = Arrays.stream(options).filter(option -> !option.isEmpty()).toList();
        for (String usual :
                List.of(
                        "--method=integrated-gradients",
                        "--inputs=" + file("x.npy"),
                        "--out=" + file("h.npy"))) {
            String name = usual.substring(0, usual.indexOf('=') + 1);
            if (more.stream().noneMatch(option -> option.startsWith(name))) {
                all.add(usual);
            }
        }
        all.addAll(more);
        return all.toArray(String[]::new);
    }

    private JsonNode explain(String method, String... more) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "explain",
                                MODEL,
                                "--method=" + method,
                                "--inputs",
                                file("x.npy"),
                                "--out",
                                file("h.npy"),
                                "--json"));
        all.addAll(List.of(more));
        StringWriter result = new StringWriter();
        int code =
                Plumbline.run(
                        new PrintWriter(result), new PrintWriter(err), all.toArray(String[]::new));
        assertThat(code).as(err.toString()).isZero();
        return MAPPER.readTree(result.toString());
    }

    private int run(String... arguments) {
        return Plumbline.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private static List<String> names(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static double sum(FloatTensor maps, int row) {
        double sum = 0;
        for (int i = row * SIZE; i < (row + 1) * SIZE; i++) {
            sum += maps.values()[i];
        }
        return sum;
    }

    private float[] floats(String name) {
        return NpyFile.readFloats(folder.resolve(name)).values();
    }

    private void write(String name, float[] values, long... shape) throws Exception {
        NpyFile.write(folder.resolve(name), FloatTensor.of(values, shape));
    }

    private void npz(String entry, float[] values, long... shape) throws Exception {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        NpyFile.write(array, FloatTensor.of(values, shape));
        try (OutputStream file = Files.newOutputStream(folder.resolve("p.npz"));
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(array.toByteArray());
        }
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }
}
