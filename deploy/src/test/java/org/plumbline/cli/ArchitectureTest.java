package org.plumbline.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;

import java.util.List;

@AnalyzeClasses(packages = "org.plumbline.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    /** The order is the architecture: a package may use those before it, never those after. */
    private static final List<String> FLOW =
            List.of(
                    "org.plumbline.cli.client..",
                    "org.plumbline.cli.terminal..",
                    "org.plumbline.cli.quickstart..",
                    "org.plumbline.cli.experiment..",
                    "org.plumbline.cli.bench..",
                    "org.plumbline.cli");

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
}
