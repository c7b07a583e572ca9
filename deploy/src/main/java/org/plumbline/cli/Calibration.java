package org.plumbline.cli;

import ai.djl.Device;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.ShownTraining;
import org.plumbline.core.fairwashing.Examination;
import org.plumbline.core.fairwashing.HonestModels;
import org.plumbline.core.fairwashing.HonestModels.Source;
import org.plumbline.core.fairwashing.NullFile;
import org.plumbline.core.fairwashing.SignalReading;
import org.plumbline.core.model.Digest;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.worker.config.DeviceChoice;
import org.plumbline.worker.twin.HonestTwins;
import org.plumbline.worker.twin.TwinSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Trains honest twins and examines them. Confined to one thread.
 *
 * @param laboratory what the twins explain, and the clean inputs they learn from
 * @param trusted examination of a trusted version to compare with
 */
public record Calibration(
        Laboratory laboratory, TwinSettings settings, Optional<Examination> trusted) {
    /**
     * Calibrates for an archive.
     *
     * @param inputs digest of the inputs, for the file
     */
    public NullFile of(Path archive, String inputs, Progress progress) throws IOException {
        FloatTensor answers = laboratory.answers(archive);
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
                readings.add(readings(found));
                agreement.add(agreement(answers, laboratory.answers(twin)));
            }
            return new NullFile(
                    Digest.of(archive).hex(),
                    inputs,
                    agreement,
                    HonestModels.of(Source.TWINS, readings));
        } finally {
            Files.deleteIfExists(twin);
            Files.deleteIfExists(folder);
        }
    }

    /** Examines an archive on the same inputs. */
    Examination examine(Path archive) throws IOException {
        return laboratory.examine(archive);
    }

    /** Returns readings, against the trusted version where there is one. */
    List<SignalReading> readings(Examination found) {
        return trusted.map(found::readings).orElseGet(found::readings);
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
