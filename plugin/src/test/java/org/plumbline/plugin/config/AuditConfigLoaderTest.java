package org.plumbline.plugin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.cav.CavKind;
import org.plumbline.core.cav.Pooling;
import org.plumbline.core.cav.QualityBounds;
import org.plumbline.core.error.AuditException;
import org.plumbline.core.model.ExplanationMethod;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.core.window.EffectSettings;
import org.plumbline.plugin.config.FairwashingSpec.Hysteresis;
import org.plumbline.plugin.config.FairwashingSpec.Reference;
import org.plumbline.plugin.config.FairwashingSpec.Tangent;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

class AuditConfigLoaderTest {
    private static final String LEAST =
            "layer: layer4\nconcepts: [{name: a, positives: p, negatives: n}]\n";

    @TempDir Path folder;

    @Test
    void everyKeyIsRead() {
        AuditConfig config =
                load(
                        """
                        layer: layer4.1.conv2
                        target: 3
                        sampling: {rate: 0.25, max-overhead: 5%}
                        window: {samples: 10, half-life: 15m}
                        max-series: 7
                        significance: {random-cavs: 50, seed: 9}
                        effect: {relevant: 0.2, rate: 12.5%, clip: 2}
                        cav-quality: {auc: 0.8, stability: 0.7}
                        concepts:
                          - {name: timestamp, positives: with, negatives: without, cav: svm, pooling: mean}
                        fairwashing: {reference: r.pt, methods: [gradient], tangent: {inputs: i.npy, neighbours: 24, dimension: 12}, rate: 20%, window: 300, budget: 2%, null-file: n.json, level: 0.05, hysteresis: {windows: 3, release: 5}, examples: 2}
                        worker: {target: 'localhost:9090', tls: {ca: ca.pem}, token-file: token}
                        probe: {seconds: 5, memory: 512MiB}
                        """);
        assertThat(config.layer().value()).isEqualTo("layer4.1.conv2");
        assertThat(config.target()).isEqualTo(3);
        assertThat(config.significance()).isEqualTo(new SignificanceSpec(50, OptionalLong.of(9)));
        assertThat(config.effect()).isEqualTo(new EffectSpec(0.2, 0.125, 2));
        assertThat(config.effect().settings(0.05)).isEqualTo(new EffectSettings(0.2, 2, 0.05));
        assertThat(config.quality()).isEqualTo(new QualityBounds(0.8, 1.645, 0.7, 20, 500, 0));
        assertThat(config.sampling()).isEqualTo(new Sampling(0.25, OptionalDouble.of(0.05)));
        assertThat(config.window())
                .isEqualTo(new WindowSpec(10, Optional.of(Duration.ofMinutes(15))));
        assertThat(config.maxSeries()).isEqualTo(7);
        ConceptSpec concept = config.concepts().get(0);
        assertThat(concept.positives()).isEqualTo(folder.resolve("with"));
        assertThat(concept.pooling()).isEqualTo(Pooling.MEAN);
        assertThat(concept.cav()).isEqualTo(CavKind.SVM);
        WorkerTarget worker = config.worker().orElseThrow();
        assertThat(worker.tokenFile()).contains(folder.resolve("token"));
        assertThat(worker.tls().orElseThrow().ca()).contains(folder.resolve("ca.pem"));
        assertThat(config.probe()).isEqualTo(new ProbeLimits(Duration.ofSeconds(5), 512L << 20));
        assertThat(config.fairwashing())
                .contains(
                        new FairwashingSpec(
                                0.2,
                                300,
                                0.02,
                                Set.of(ExplanationMethod.GRADIENT),
                                new Tangent(Optional.of(folder.resolve("i.npy")), 24, 12),
                                Optional.of(folder.resolve("n.json")),
                                new Reference(Optional.of(folder.resolve("r.pt")), false),
                                0.05,
                                new Hysteresis(3, 5),
                                2));
    }

    @Test
    void theWatchIsOffUntilItIsAskedForAndItsDefaultsArePinned() {
        assertThat(load(LEAST).fairwashing()).isEmpty();
        assertThat(load(LEAST + "fairwashing: {enabled: false, window: 150}").fairwashing())
                .isEmpty();
        FairwashingSpec standard =
                new FairwashingSpec(
                        0.1,
                        200,
                        0.05,
                        Set.of(),
                        new Tangent(Optional.empty(), 32, 16),
                        Optional.empty(),
                        new Reference(Optional.empty(), true),
                        0.01,
                        new Hysteresis(2, 10),
                        6);
        assertThat(load(LEAST + "fairwashing: {}").fairwashing()).contains(standard);
        assertThat(load(LEAST + "fairwashing: {reference: previous}").fairwashing())
                .contains(standard);
        assertThat(load(LEAST + "fairwashing: {reference: none}").fairwashing().orElseThrow())
                .extracting(FairwashingSpec::reference)
                .isEqualTo(new Reference(Optional.empty(), false));
    }

    @Test
    void problemsOfTheWatchAreAllTold() {
        String bad =
                "fairwashing: {enabled: maybe, rate: 0, window: 19, budget: 2, methods: [guess],"
                        + " level: 1, hysteresis: {windows: 0, release: 0.5}, examples: 99,"
                        + " tangent: {neighbours: 8, dimension: 8, depth: 1}, speed: 1}";
        assertThatThrownBy(() -> load(LEAST + bad))
                .hasMessageContaining("fairwashing.enabled: maybe (expected: true or false)")
                .hasMessageContaining("fairwashing.rate: 0.0 (expected: at least 1.0E-6")
                .hasMessageContaining("fairwashing.window: 19 (expected: whole number from 20")
                .hasMessageContaining("fairwashing.budget: 2 (expected: number in [0, 1]")
                .hasMessageContaining("fairwashing.methods: guess (expected: gradient, ")
                .hasMessageContaining("fairwashing.level: 1 (expected: number from 1.0E-9 to 0.5)")
                .hasMessageContaining("fairwashing.hysteresis.windows: 0 (expected:")
                .hasMessageContaining("fairwashing.hysteresis.release: 0.5 (expected:")
                .hasMessageContaining("fairwashing.examples: 99 (expected:")
                .hasMessageContaining("fairwashing.tangent.dimension: 8 (expected: below tangent")
                .hasMessageContaining("fairwashing.tangent.depth: unknown key")
                .hasMessageContaining("fairwashing.speed: unknown key");
        assertThatThrownBy(() -> load(LEAST + "fairwashing: {window: 50}"))
                .hasMessageContaining(
                        "fairwashing.window: 50 (expected: at least 100 without tangent.inputs)");
    }

    @Test
    void defaultsArePinned() {
        AuditConfig config = load(LEAST);
        assertThat(config.target()).isEqualTo(AuditConfig.PREDICTED);
        assertThat(config.sampling()).isEqualTo(new Sampling(1, OptionalDouble.empty()));
        assertThat(config.window()).isEqualTo(new WindowSpec(2000, Optional.empty()));
        assertThat(config.maxSeries()).isEqualTo(200);
        assertThat(config.significance())
                .isEqualTo(new SignificanceSpec(200, OptionalLong.empty()));
        assertThat(config.effect()).isEqualTo(new EffectSpec(0.1, 0.0625, 1));
        assertThat(config.quality()).isEqualTo(new QualityBounds(0.7, 1.645, 0.6, 20, 500, 0));
        assertThat(config.worker()).isEmpty();
        assertThat(config.probe()).isEqualTo(new ProbeLimits(Duration.ofSeconds(60), 4L << 30));
        assertThat(config.concepts().get(0).pooling()).isEqualTo(Pooling.MAX);
        assertThat(config.concepts().get(0).cav()).isEqualTo(CavKind.SIGNAL);
    }

    @Test
    void allProblemsComeInOneMessageNamingFileKeyValueAndExpectation() {
        assertThatThrownBy(
                        () ->
                                load(
                                        """
                                        layer: 'a..b'
                                        target: best
                                        sampling: {rate: 1.5, max-overhead: lots, speed: 1}
                                        window: {samples: 0, half-life: soon}
                                        max-series: many
                                        effect: {relevant: 3, rate: 101%, clip: 2, size: 1}
                                        cav-quality: {auc: 1.1, stability: high, area: 1}
                                        colour: red
                                        worker: {target: nowhere}
                                        probe: {seconds: 0, memory: 255MiB, cores: 1}
                                        concepts:
                                          - {name: A B, positives: p, negatives: n}
                                          - {name: ok, positives: p, cav: pca}
                                          - {name: twin, positives: p, negatives: n}
                                          - {name: twin, positives: p, negatives: n, pooling: median}
                                        """))
                .isInstanceOf(AuditException.class)
                .hasMessageStartingWith("plumbline.yaml: ")
                .hasMessageContaining("layer: a..b (expected: dotted path")
                .hasMessageContaining("target: best (expected: predicted or a class index)")
                .hasMessageContaining("sampling.rate: 1.5 (expected:")
                .hasMessageContaining("sampling.max-overhead: lots (expected:")
                .hasMessageContaining("sampling.speed: unknown key (expected: one of")
                .hasMessageContaining("window.samples: 0 (expected: whole number from 1")
                .hasMessageContaining("window.half-life: soon (expected: duration")
                .hasMessageContaining("max-series: many (expected:")
                .hasMessageContaining("effect.relevant: 3.0 (expected: below effect.clip, 2.0)")
                .hasMessageContaining("effect.rate: 101% (expected: number in [0, 1] or percent")
                .hasMessageContaining("effect.size: unknown key (expected: one of clip, rate,")
                .hasMessageContaining("cav-quality.auc: 1.1 (expected: number from 0.0 to 1.0)")
                .hasMessageContaining("cav-quality.stability: high (expected: number from -1.0")
                .hasMessageContaining("cav-quality.area: unknown key")
                .hasMessageContaining("colour: unknown key")
                .hasMessageContaining("worker.target: nowhere (expected: host:port)")
                .hasMessageContaining("probe.seconds: 0 (expected: whole number from 1 to 86400)")
                .hasMessageContaining("probe.memory: 255MiB (expected: bytes such as 4GiB")
                .hasMessageContaining("probe.cores: unknown key (expected: one of memory, seconds)")
                .hasMessageContaining("concepts[0].name: A B (expected:")
                .hasMessageContaining("concepts[1].negatives: missing (expected:")
                .hasMessageContaining("concepts[1].cav: pca (expected: signal, svm, ridge")
                .hasMessageContaining("concepts[3].name: twin (expected: a name used once)")
                .hasMessageContaining("concepts[3].pooling: median (expected: max or mean)");
    }

    @Test
    void aFileThatIsNoYamlMappingIsOneProblem() {
        assertThatThrownBy(() -> load("layer: [")).hasMessageContaining("(expected: YAML)");
        assertThatThrownBy(() -> load("- 1\n")).hasMessageContaining("a mapping of keys");
        assertThatThrownBy(() -> load("layer: a\nlayer: b\n")).hasMessageContaining("layer");
        assertThatThrownBy(() -> load("")).hasMessageContaining("layer: missing");
    }

    @Test
    void keysWithoutAValueAreProblems() {
        assertThatThrownBy(() -> load(LEAST + "sampling:\n"))
                .hasMessageContaining("sampling: empty (expected: a mapping)");
        assertThatThrownBy(() -> load("layer: a\nconcepts: red\n"))
                .hasMessageContaining("concepts: \"red\"");
    }

    @Test
    void aCertificateNeedsItsKey() {
        assertThatThrownBy(
                        () -> load(LEAST + "worker: {target: 'h:1', tls: {certificate: c.pem}}\n"))
                .hasMessageContaining("worker.tls.certificate");
    }

    private AuditConfig load(String yaml) {
        Path file = folder.resolve("plumbline.yaml");
        ModelFolders.write(file, yaml);
        return AuditConfigLoader.load(file);
    }
}
