package org.plumbline.cli;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;
import org.plumbline.core.torchscript.RepairedArchive;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Checks a repaired archive against its manifest. Confined to one thread. */
@Command(name = "verify", description = "Check a repaired archive's provenance and digests.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "R.pt", description = "Repaired archive.")
    private Path archive = Path.of("");

    @Override
    public Integer call() {
        output.result(RepairedArchive.verify(archive));
        return ExitCode.DONE;
    }
}
