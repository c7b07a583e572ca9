package org.plumbline.worker;

import org.plumbline.core.instrument.Instrumenter;
import org.plumbline.core.instrument.LayerStatus;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.core.probe.SafetyProbe;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.RepairedArchive;
import org.plumbline.worker.correction.Corrector;
import org.plumbline.worker.job.ArchiveProber;
import org.plumbline.worker.job.ChildProber;
import org.plumbline.worker.job.EngineAssessor;
import org.plumbline.worker.job.RepairTools;
import org.plumbline.worker.store.ArchiveStore.ArchiveChecker;
import org.plumbline.worker.store.Disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The tools that use the engine. Thread-safe. */
final class EngineTools {
    private EngineTools() {}

    /** Returns tools that try every archive in a child process first: it is someone else's. */
    static RepairTools untrusting(ProbeLimits limits) {
        return tools(new ChildProber(limits));
    }

    /**
     * Returns tools for the user's own archives: one whose code has a loop of unstated length is
     * tried first, which costs some seconds.
     */
    static RepairTools local() {
        return tools(
                (archive, setting) ->
                        SafetyProbe.runIfLooping(
                                archive, ChildProber.request(setting, ProbeLimits.DEFAULT)));
    }

    private static RepairTools tools(ArchiveProber prober) {
        return new RepairTools(
                new Checker(),
                prober,
                new EngineAssessor(),
                Corrector::run,
                RepairedArchive::seal,
                Versions::all);
    }

    private static final class Checker implements ArchiveChecker {
        @Override
        public void check(Path archive) {
            try {
                Archive.open(archive).close();
            } catch (IOException e) {
                throw Disk.failure("archive", e);
            }
        }

        @Override
        public void checkLayer(Path archive, LayerPath layer) {
            try (Archive open = Archive.open(archive)) {
                Instrumenter instrumenter = new Instrumenter(open);
                Optional<LayerStatus> status =
                        instrumenter.layers().stream()
                                .filter(s -> s.path().equals(layer.value()))
                                .findFirst();
                if (status.isEmpty() || status.get().obstacle().isPresent()) {
                    explain(instrumenter, layer);
                }
            } catch (IOException e) {
                throw Disk.failure("archive", e);
            }
        }

        /** Instrumenting fails with the reason and near matches. */
        private static void explain(Instrumenter instrumenter, LayerPath layer) throws IOException {
            Path folder = Files.createTempDirectory("plumbline-layer-");
            try {
                instrumenter.audit(layer, folder.resolve("copy.pt"));
            } finally {
                Disk.delete(folder);
            }
        }
    }
}
