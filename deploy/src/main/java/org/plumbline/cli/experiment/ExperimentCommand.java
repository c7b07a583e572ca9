package org.plumbline.cli.experiment;

import picocli.CommandLine.Command;

/** Experiments, each a table by one command. */
@Command(
        name = "experiment",
        description = "Run a table of methods over biased data sets.",
        synopsisSubcommandLabel = "TABLE",
        subcommands = {ClarcCommand.class, DebiasCommand.class})
public final class ExperimentCommand {}
