package org.plumbline.cli;

import picocli.CommandLine.Command;

/** Manipulated explanations: found. */
@Command(
        name = "fairwash",
        description = "Manipulated explanations: check a model, calibrate the check.",
        subcommands = {
            FairwashCheckCommand.class,
            FairwashCalibrateCommand.class,
            FairwashExperimentCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
final class FairwashCommand {
    private FairwashCommand() {}
}
