package org.plumbline.plugin.config;

import java.nio.file.Path;
import java.util.Optional;

/** Reads a {@code worker:} section. Thread-safe. */
final class WorkerReader {
    private WorkerReader() {}

    static Optional<WorkerTarget> read(Section section, Path folder) {
        Optional<WorkerTarget> target =
                section.required("target", "host:port", WorkerTarget::plain);
        Optional<Path> token = section.parsed("token-file", folder::resolve);
        Optional<WorkerTarget.Tls> tls = section.section("tls").map(s -> tls(s, folder));
        section.refuseUnknown();
        return target.map(t -> new WorkerTarget(t.target(), tls, token));
    }

    private static WorkerTarget.Tls tls(Section section, Path folder) {
        WorkerTarget.Tls tls =
                new WorkerTarget.Tls(
                        section.parsed("ca", folder::resolve),
                        section.parsed("certificate", folder::resolve),
                        section.parsed("key", folder::resolve));
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            section.problem("certificate", "without its partner", "certificate and key together");
        }
        section.refuseUnknown();
        return tls;
    }
}
