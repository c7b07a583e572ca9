package org.plumbline.worker.job;

import com.fasterxml.jackson.core.JacksonException;

import org.plumbline.worker.store.Disk;
import org.plumbline.worker.store.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Jobs on disk, one JSON file each, replaced as a whole: whenever the process dies, every file is
 * its old or its new version. Thread-safe for different jobs.
 */
public final class JobStore {
    private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);
    private static final String SUFFIX = ".json";

    private final Path folder;

    /** Makes a store over a folder. */
    public JobStore(Path folder) {
        this.folder = Disk.folder(folder);
    }

    /** Writes a job; it survives the process once this returns. */
    public void save(Job job) {
        try {
            Disk.replace(folder.resolve(job.id() + SUFFIX), Json.mapper().writeValueAsBytes(job));
        } catch (IOException e) {
            throw Disk.failure("job " + job.id(), e);
        }
    }

    /** Returns all jobs, oldest first; a file that is no job is set aside and named in the log. */
    public List<Job> loadAll() {
        List<Job> jobs = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(Disk.PARTIAL)) {
                    Files.delete(file);
                } else if (file.toString().endsWith(SUFFIX)) {
                    load(file).ifPresent(jobs::add);
                }
            }
        } catch (IOException e) {
            throw Disk.failure("jobs", e);
        }
        jobs.sort(Comparator.comparing(Job::id));
        return jobs;
    }

    private Optional<Job> load(Path file) throws IOException {
        try {
            Job job = Json.mapper().readValue(Files.readAllBytes(file), Job.class);
            return Optional.of(job);
        } catch (JacksonException | IllegalArgumentException e) {
            Path aside = Disk.folder(folder.resolve("quarantine")).resolve(file.getFileName());
            Disk.move(file, aside);
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            LOG.error(
                    "{}: no readable job, set aside as {}: {}", file.getFileName(), aside, reason);
            return Optional.empty();
        }
    }
}
