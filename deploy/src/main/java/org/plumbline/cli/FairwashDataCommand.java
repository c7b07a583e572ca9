package org.plumbline.cli;

import org.plumbline.cli.quickstart.FashionData;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Writes Fashion-MNIST as the published networks receive it. Confined to one thread. */
@Command(name = "data", description = "Write normalised Fashion-MNIST as an audit data set.")
final class FairwashDataCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();

    @Option(
            names = "--images",
            defaultValue = "/usr/share/datasets/fashion-mnist",
            description = "Folder of the four IDX files (default: ${DEFAULT-VALUE}).")
    private Path images = Path.of("");

    @Option(
            names = "--training",
            defaultValue = "60000",
            description = "Training images, the first ones (default: ${DEFAULT-VALUE}).")
    private int training;

    @Option(
            names = "--test",
            defaultValue = "10000",
            description = "Test images, the first ones (default: ${DEFAULT-VALUE}).")
    private int test;

    @Option(names = "--out", required = true, description = "Folder to write.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        OutputFile.requireFolder("out", out);
        int rows = FashionData.write(images, training, test, out);
        output.result(Output.object().put("rows", rows).put("out", out.toString()));
        return ExitCode.DONE;
    }
}
