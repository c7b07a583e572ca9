package org.plumbline.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

import java.util.List;

@AnalyzeClasses(packages = "org.plumbline.worker", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** The order is the architecture: a package may use those before it, never those after. */
    private static final List<String> FLOW =
            List.of(
                    "config",
                    "store",
                    "dataset",
                    "generator",
                    "training",
                    "twin",
                    "autoencoder",
                    "fairwashing",
                    "correction",
                    "evaluation",
                    "gate",
                    "delivery",
                    "job",
                    "request",
                    "metrics");

    @ArchTest
    static void dataFlowsOneWay(JavaClasses classes) {
        for (int i = 0; i < FLOW.size() - 1; i++) {
            noClasses()
                    .that()
                    .resideInAPackage("..worker." + FLOW.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            FLOW.subList(i + 1, FLOW.size()).stream()
                                    .map(p -> "..worker." + p + "..")
                                    .toArray(String[]::new))
                    .check(classes);
        }
    }

    @ArchTest
    static void noPackageUsesTheWiring(JavaClasses classes) {
        noClasses()
                .that()
                .resideInAPackage("org.plumbline.worker.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.plumbline.worker")
                .check(classes);
    }

    @ArchTest
    static void onlyTheEdgesKnowGrpcAndMicrometer(JavaClasses classes) {
        noClasses()
                .that()
                .resideInAnyPackage("..worker.job..", "..worker.delivery..", "..worker.gate..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "io.micrometer..", "org.plumbline.proto..")
                .check(classes);
    }
}
