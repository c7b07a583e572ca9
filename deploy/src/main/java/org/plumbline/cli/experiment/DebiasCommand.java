package org.plumbline.cli.experiment;

import com.fasterxml.jackson.databind.JsonNode;

import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Output;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** Debiasing without concept labels on coloured Fashion-MNIST. */
@Command(
        name = "debias",
        description =
                "Train on coloured Fashion-MNIST by methods that are told no bias, over shares of"
                        + " conflicting images and seeds; writes results.json and results.md."
                        + " Finished cells are kept.")
final class DebiasCommand implements Callable<Integer> {
    @Mixin private Output output = new Output();
    @Mixin private ExperimentOptions options = new ExperimentOptions();

    @Option(
            names = "--methods",
            split = ",",
            description =
                    "Entries of debias-methods.yaml; default: those with parameters for the"
                            + " network.")
    private List<String> methods = List.of();

    @Option(
            names = "--sets",
            split = ",",
            defaultValue = "mlp-1,mlp-5,cnn-1,cnn-5",
            description =
                    "Network and per cent of conflicting training images; default:"
                            + " ${DEFAULT-VALUE}.")
    private List<String> sets = List.of();

    @Override
    public Integer call() throws IOException {
        DebiasDesign.Scale scale = DebiasDesign.Scale.of(options.brief(), options.choose());
        DebiasDesign design = new DebiasDesign(options.data(), options.models(), scale);
        Experiment experiment = new Experiment(design, options.out(), output.progress());
        List<JsonNode> cells = experiment.run(design.cells(sets, options.seeds(), methods));
        new ExperimentResult(
                        "Debiasing without concept labels on coloured Fashion-MNIST",
                        options.command("debias", methods, sets),
                        "Mean ± sample standard deviation over seeds "
                                + options.seeds()
                                + ". `unbiased`: accuracy on "
                                + options.measuredRows()
                                + " rows whose colours are equally frequent; `gain`: its"
                                + " difference to plain training with the same seed, which decides"
                                + " images and initial values; `updates`: of all networks of a run;"
                                + " `seconds`: of processor time, measuring included.",
                        new ExperimentResult.Rows(scale.training(), scale.test(), cells),
                        DebiasTable.of(cells))
                .write(options.out(), output);
        return ExitCode.DONE;
    }
}
