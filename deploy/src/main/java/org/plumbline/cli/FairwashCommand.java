package org.plumbline.cli;

import picocli.CommandLine.Command;

/** Explanations that were tampered with: made, measured and found. */
@Command(
        name = "fairwash",
        description = "Explanations that were tampered with: make, measure and find them.",
        subcommands = {
            FairwashAttackCommand.class,
            FairwashEvaluateCommand.class,
            FairwashDataCommand.class,
            FairwashCheckCommand.class,
            FairwashCalibrateCommand.class,
            FairwashPopulationCommand.class,
            FairwashExperimentCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
final class FairwashCommand {
    private FairwashCommand() {}
}
