package org.plumbline.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

import java.util.List;

@AnalyzeClasses(packages = "org.plumbline.core", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** The order is the architecture: a package may use those before it, never those after. */
    private static final List<String> FLOW =
            List.of(
                    "..core.error..",
                    "..core.model..",
                    "..core.tensor..",
                    "..core.torchscript.zip..",
                    "..core.torchscript.pickle..",
                    "..core.torchscript.source..",
                    "..core.torchscript",
                    "..core.instrument.edit..",
                    "..core.instrument.relevance..",
                    "..core.instrument.channel..",
                    "..core.instrument",
                    "..core.tap..",
                    "..core.shrink..",
                    "..core.probe..",
                    "..core.explain..",
                    "..core.cav..",
                    "..core.sensitivity..",
                    "..core.significance..",
                    "..core.fairwashing..",
                    "..core.window..",
                    "..core.drift..",
                    "..core.heatmap..");

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
    static void nativeArraysStayInTap(JavaClasses classes) {
        noClasses()
                .that()
                .resideOutsideOfPackage("..core.tap..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..")
                .check(classes);
    }

    @ArchTest
    static void coreKnowsNoHost(JavaClasses classes) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ai.djl.serving..", "io.netty..", "io.grpc..", "io.micrometer..")
                .check(classes);
    }
}
