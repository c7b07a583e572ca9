package org.plumbline.plugin.djlserving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;

/** What lies in the jar that shares a server with other people's jars. */
class PluginJarIT {
    private static final Path JAR = Path.of("target", "plumbline-djl-serving-plugin.jar");
    private static final String SERVICES = "META-INF/services/";

    @Test
    void everyClassIsOursOrRelocatedAndNoneIsOfTheOtherHost() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(classes(jar))
                    .filteredOn(
                            name ->
                                    !name.startsWith("org.plumbline.")
                                            || name.startsWith("org.plumbline.plugin.embedded."))
                    .isEmpty();
            assertThat(classes(jar))
                    .contains(
                            AuditPlugin.class.getName(),
                            "org.plumbline.core.probe.ProbeMain",
                            "org.plumbline.shaded.bwaldvogel.liblinear.Linear",
                            "org.plumbline.shaded.ejml.data.DMatrixRMaj");
            assertThat(text(jar, "META-INF/plugin.definition"))
                    .contains("export=" + AuditPlugin.class.getName());
        }
    }

    @Test
    void theProvidersOfEveryServiceAreInTheJar() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            Set<String> classes = classes(jar);
            for (JarEntry entry : jar.stream().filter(PluginJarIT::isService).toList()) {
                assertThat(entry.getName()).startsWith(SERVICES + "org.plumbline.");
                assertThat(text(jar, entry.getName()).lines().map(String::strip))
                        .filteredOn(line -> !line.isEmpty() && !line.startsWith("#"))
                        .isNotEmpty()
                        .allSatisfy(provider -> assertThat(classes).contains(provider));
            }
        }
    }

    private static boolean isService(JarEntry entry) {
        return entry.getName().startsWith(SERVICES) && !entry.isDirectory();
    }

    private static Set<String> classes(JarFile jar) {
        return jar.stream()
                .map(JarEntry::getName)
                .filter(name -> name.endsWith(".class"))
                .map(name -> name.substring(0, name.length() - ".class".length()))
                .map(name -> name.replace('/', '.'))
                .collect(Collectors.toSet());
    }

    private static String text(JarFile jar, String entry) throws IOException {
        return new String(
                jar.getInputStream(jar.getJarEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
