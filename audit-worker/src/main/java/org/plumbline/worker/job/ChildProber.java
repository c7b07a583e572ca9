package org.plumbline.worker.job;

import org.plumbline.core.model.Digest;
import org.plumbline.core.probe.ProbeLimits;
import org.plumbline.core.probe.ProbeReport;
import org.plumbline.core.probe.ProbeRequest;
import org.plumbline.core.probe.SafetyProbe;
import org.plumbline.worker.store.Disk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tries archives in child processes and remembers which passed. Thread-safe. */
public final class ChildProber implements ArchiveProber {
    private static final Logger LOG = LoggerFactory.getLogger(ChildProber.class);
    private static final int REMEMBERED = 1000;
    private static final long SAMPLES = 2;

    private final ProbeLimits limits;
    private final Set<Passed> passed = Collections.newSetFromMap(new Latest());

    /** What passed: the bytes of an archive and what was tried. Immutable. */
    private record Passed(Digest archive, ProbeRequest request) {}

    /** Forgets the oldest. Confined to its owner's lock. */
    private static final class Latest extends LinkedHashMap<Passed, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Passed, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }

    /** Makes a prober that tries every archive it has not seen pass. */
    public ChildProber(ProbeLimits limits) {
        this.limits = limits;
    }

    @Override
    public void probe(Path archive, Assessor.Setting setting) {
        ProbeRequest request = request(setting, limits);
        Passed probed = new Passed(digest(archive), request);
        synchronized (passed) {
            if (passed.contains(probed)) {
                return;
            }
        }
        ProbeReport report = SafetyProbe.run(archive, request, setting.cancelled());
        LOG.info(
                "probe passed: outputs {}, {} ms, {} MiB",
                report.output(),
                report.time().toMillis(),
                report.memoryBytes() >> 20);
        synchronized (passed) {
            passed.add(probed);
        }
    }

    private static Digest digest(Path archive) {
        try {
            return Digest.of(archive);
        } catch (IOException e) {
            throw Disk.failure("archive", e);
        }
    }

    /** Returns what to try: two samples of the data set's shape, at the recipe's layer. */
    public static ProbeRequest request(Assessor.Setting setting, ProbeLimits limits) {
        List<Long> shape = new ArrayList<>(List.of(SAMPLES));
        long[] inputs = setting.data().inputs(0).shape();
        for (int axis = 1; axis < inputs.length; axis++) {
            shape.add(inputs[axis]);
        }
        return new ProbeRequest(shape, setting.recipe().layer(), limits);
    }
}
