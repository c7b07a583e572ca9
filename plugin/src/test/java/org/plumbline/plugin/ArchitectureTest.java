package org.plumbline.plugin;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

import java.util.List;

/** The order of packages is the architecture. */
@AnalyzeClasses(
        packages = "org.plumbline.plugin",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final List<String> FLOW =
            List.of(
                    "..plugin.store..",
                    "..plugin.config..",
                    "..plugin.intercept..",
                    "..plugin.pipeline..",
                    "..plugin.metrics..",
                    "..plugin.mitigation..",
                    "..plugin.repair..",
                    "..plugin.concept..",
                    "..plugin.delivery..",
                    "..plugin.fairwashing..",
                    "..plugin.http..",
                    "..plugin.host..",
                    "..plugin.djlserving..",
                    "..plugin.embedded..");

    @ArchTest
    static void dataFlowsOneWay(JavaClasses classes) {
        for (int i = 0; i < FLOW.size() - 1; i++) {
            noClasses()
                    .that()
                    .resideInAPackage(FLOW.get(i))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(FLOW.subList(i + 1, FLOW.size()).toArray(String[]::new))
                    .check(classes);
        }
    }

    @ArchTest
    static void theHostsDoNotKnowEachOther(JavaClasses classes) {
        noClasses()
                .that()
                .resideInAPackage("..plugin.embedded..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("..plugin.djlserving..")
                .check(classes);
    }

    @ArchTest
    static void eachLibraryHasOneUser(JavaClasses classes) {
        only(classes, "..plugin.metrics..", "io.micrometer..", "io.prometheus..");
        only(classes, "..plugin.repair..", "io.grpc..", "org.plumbline.proto..");
        only(classes, "..plugin.djlserving..", "ai.djl.serving..", "io.netty..");
        only(classes, "..plugin.embedded..", "org.eclipse.jetty..");
    }

    private static void only(JavaClasses classes, String user, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(user)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(classes);
    }
}
