package org.plumbline.cli;

import ai.djl.Device;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.ShownTraining;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.ReferenceVersion;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.twin.HonestTwins;
import org.plumbline.worker.twin.TwinSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains honest twins and examines them. Confined to one thread.
 *
 * @param laboratory what the twins explain, and the clean inputs they learn from
 * @param trusted a trusted version to compare with; empty: the first twin, where a second one tells
 *     how far twins are apart
 */
public record Calibration(
        Laboratory laboratory, TwinSettings settings, Optional<ReferenceVersion> trusted) {
    /**
     * What a calibration found. Immutable.
     *
     * @param reference what the twins were compared with; empty: nothing
     */
    public record Calibrated(NullFile file, Optional<ReferenceVersion> reference) {}

    /**
     * Calibrates for an archive.
     *
     * @param inputs digest of the inputs, for the file
     * @param kept where the first twin is left if it is the reference
     */
    public Calibrated of(Path archive, String inputs, Path kept, Progress progress)
            throws IOException {
        FloatTensor answers = laboratory.answers(archive);
        Optional<ReferenceVersion> reference = trusted;
        Path folder = Files.createTempDirectory("plumbline-twins-");
        Path twin = folder.resolve("twin.pt");
        try {
            List<List<SignalReading>> readings = new ArrayList<>();
            List<Double> agreement = new ArrayList<>();
            HonestTwins twins =
                    new HonestTwins(
                            archive, laboratory.clean(), answers, settings, folder, device());
            for (int i = 0; i < settings.twins(); i++) {
                twins.write(
                        i,
                        new ShownTraining(progress, "twin " + (i + 1), step -> "training"),
                        twin);
                Examination found = laboratory.examine(twin);
                agreement.add(agreement(answers, laboratory.answers(twin)));
                readings.add(beside(reference, found));
                if (reference.isEmpty() && settings.twins() > 1) {
                    Files.move(twin, kept, StandardCopyOption.REPLACE_EXISTING);
                    reference = Optional.of(new ReferenceVersion(Digest.of(kept), found));
                }
            }
            Optional<String> name =
                    trusted.isPresent()
                            ? Optional.empty()
                            : Optional.of(kept.getFileName().toString());
            return new Calibrated(
                    new NullFile(
                            Digest.of(archive).hex(),
                            inputs,
                            agreement,
                            HonestModels.of(Source.TWINS, laboratory.clean().rows(), readings),
                            reference.map(r -> new NullFile.Reference(r.digest().hex(), name))),
                    reference);
        } finally {
            Files.deleteIfExists(twin);
            Files.deleteIfExists(folder);
        }
    }

    /** Returns readings of an archive on the same inputs, beside a reference where there is one. */
    List<SignalReading> readings(Path archive, Optional<ReferenceVersion> reference)
            throws IOException {
        return beside(reference, laboratory.examine(archive));
    }

    private static List<SignalReading> beside(
            Optional<ReferenceVersion> reference, Examination found) {
        return reference.map(r -> found.readings(r.examination())).orElseGet(found::readings);
    }

    private static Device device() {
        return DeviceChoice.AUTO.device();
    }

    private static double agreement(FloatTensor a, FloatTensor b) {
        int same = 0;
        for (int i = 0; i < a.rows(); i++) {
            same += a.largest(i) == b.largest(i) ? 1 : 0;
        }
        return (double) same / a.rows();
    }
}
