package org.plumbline.plugin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.plugin.fixture.ModelFolders;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

class ServerConfigLoaderTest {
    @TempDir Path home;

    @Test
    void defaultsArePinned() {
        ServerConfig config = ServerConfigLoader.load(Map.of(), home);
        assertThat(config)
                .isEqualTo(
                        new ServerConfig(
                                home.resolve(".cache/plumbline"),
                                1024,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
    }

    @Test
    void theFileInTheServersConfFolderIsReadAndTheEnvironmentGoesOverIt() throws Exception {
        Path conf = Files.createDirectories(home.resolve("server/conf"));
        ModelFolders.write(
                conf.resolve("plumbline.yaml"),
                """
                cache-dir: cache
                queue: 8
                server-id: blue
                worker: {target: 'a:1', token-file: token}
                """);
        Map<String, String> server = Map.of("MODEL_SERVER_HOME", home.resolve("server").toString());
        ServerConfig file = ServerConfigLoader.load(server, home);
        assertThat(file.cacheDirectory()).isEqualTo(conf.resolve("cache"));
        assertThat(file.queue()).isEqualTo(8);
        assertThat(file.serverId()).contains("blue");
        Map<String, String> more =
                Map.of(
                        "MODEL_SERVER_HOME", home.resolve("server").toString(),
                        "PLUMBLINE_QUEUE", "9",
                        "PLUMBLINE_SERVER_ID", "green",
                        "PLUMBLINE_CACHE_DIR", "/elsewhere",
                        "PLUMBLINE_WORKER_TARGET", "b:2");
        ServerConfig over = ServerConfigLoader.load(more, home);
        assertThat(over.queue()).isEqualTo(9);
        assertThat(over.serverId()).contains("green");
        assertThat(over.cacheDirectory()).isEqualTo(Path.of("/elsewhere"));
        WorkerTarget own = WorkerTarget.plain("own:3");
        assertThat(over.workerOf(Optional.of(own)).orElseThrow().target()).isEqualTo("b:2");
        WorkerTarget standard = over.workerOf(Optional.empty()).orElseThrow();
        assertThat(standard.target()).isEqualTo("b:2");
        assertThat(standard.tokenFile()).contains(conf.resolve("token"));
        assertThat(file.workerOf(Optional.of(own))).contains(own);
        assertThat(file.workerOf(Optional.empty()).orElseThrow().target()).isEqualTo("a:1");
        assertThat(file.withWorkerTarget("c:4").workerOf(Optional.of(own)).orElseThrow().target())
                .isEqualTo("c:4");
    }

    @Test
    void wrongVariablesAreToldTogether() {
        assertThatThrownBy(
                        () ->
                                ServerConfigLoader.load(
                                        Map.of(
                                                "PLUMBLINE_QUEUE", "0",
                                                "PLUMBLINE_SERVER_ID", "a b",
                                                "PLUMBLINE_WORKER_TARGET", "x"),
                                        home))
                .hasMessageStartingWith("environment: ")
                .hasMessageContaining("PLUMBLINE_QUEUE: 0 (expected:")
                .hasMessageContaining("PLUMBLINE_SERVER_ID: a b (expected:")
                .hasMessageContaining("PLUMBLINE_WORKER_TARGET: x (expected: host:port)");
    }

    @Test
    void unknownKeysOfTheServerFileAreRefused() {
        Path file = home.resolve("p.yaml");
        ModelFolders.write(file, "quue: 3\n");
        assertThatThrownBy(
                        () ->
                                ServerConfigLoader.load(
                                        Map.of("PLUMBLINE_CONFIG", file.toString()), home))
                .hasMessageContaining("p.yaml: quue: unknown key");
    }
}
