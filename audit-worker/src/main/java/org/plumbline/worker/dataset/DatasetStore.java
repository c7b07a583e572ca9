package org.plumbline.worker.dataset;

import com.fasterxml.jackson.core.JacksonException;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.ConceptId;
import org.plumbline.core.model.Digest;
import org.plumbline.worker.config.Limits;
import org.plumbline.worker.store.BlobStore;
import org.plumbline.worker.store.Disk;
import org.plumbline.worker.store.Json;
import org.plumbline.worker.store.Upload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;

/** Uploaded data sets: one folder each, with what is known of it in one file. Thread-safe. */
public final class DatasetStore {
    /** Starts every resource name. */
    public static final String COLLECTION = "datasets/";

    private static final Logger LOG = LoggerFactory.getLogger(DatasetStore.class);
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");
    private static final String INFO = "dataset.json";
    private static final String FILES = "files";

    private final Path folder;
    private final BlobStore blobs;
    private final Limits limits;
    private final InstantSource clock;

    /** Makes a store over a folder. */
    public DatasetStore(Path folder, Limits limits, InstantSource clock) {
        this.folder = Disk.folder(folder);
        this.blobs = new BlobStore(folder.resolve(".uploads"), limits);
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Returns the id in a resource name.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if it is no {@code datasets/{id}}
     */
    public static String id(String name) {
        String id = name.startsWith(COLLECTION) ? name.substring(COLLECTION.length()) : "";
        if (!ID.matcher(id).matches()) {
            throw AuditException.of(
                    ErrorCode.INVALID_ARGUMENT, "name", name, "datasets/{id}, id of a-z 0-9 -");
        }
        return id;
    }

    /** Returns a data set, complete or not. */
    public Optional<DatasetInfo> find(String id) {
        Path file = folder.resolve(id).resolve(INFO);
        try {
            return Files.exists(file)
                    ? Optional.of(
                            Json.mapper().readValue(Files.readAllBytes(file), DatasetInfo.class))
                    : Optional.empty();
        } catch (JacksonException e) {
            LOG.warn("{}: {}; counts as missing, upload it again", file, e.getOriginalMessage());
            return Optional.empty();
        } catch (IOException e) {
            throw Disk.failure("dataset", e);
        }
    }

    /**
     * Returns a data set that is known, complete or not.
     *
     * @throws AuditException {@code NOT_FOUND}
     */
    public DatasetInfo require(String id) {
        return find(id).orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.NOT_FOUND,
                                        "dataset",
                                        COLLECTION + id,
                                        "an uploaded data set"));
    }

    /**
     * Returns where the files of a data set lie.
     *
     * @throws AuditException {@code NOT_FOUND}, or {@code FAILED_PRECONDITION} while it is
     *     incomplete
     */
    public Path files(String id) {
        DatasetInfo info = require(id);
        DatasetInfo.Summary content =
                info.content()
                        .orElseThrow(
                                () ->
                                        AuditException.of(
                                                ErrorCode.FAILED_PRECONDITION,
                                                "dataset",
                                                info.name(),
                                                "a complete upload"));
        return folder.resolve(id).resolve(content.folder());
    }

    /** Returns the bytes received of a data set. */
    public long received(DatasetInfo info) {
        return info.content().isPresent() ? info.sizeBytes() : blobs.received(info.digest());
    }

    /**
     * Opens the upload of a data set's zip.
     *
     * @throws AuditException {@code ALREADY_EXISTS} if the name holds other content
     */
    public synchronized Upload open(String id, Digest digest, long size, long offset) {
        Optional<DatasetInfo> known = find(id);
        if (known.isPresent() && known.get().content().isPresent()) {
            throw AuditException.of(
                    ErrorCode.ALREADY_EXISTS, "name", COLLECTION + id, "a name not yet in use");
        }
        Upload upload = blobs.open(digest, size, offset);
        try {
            Disk.folder(folder.resolve(id));
            write(new DatasetInfo(id, digest.hex(), size, clock.instant(), Optional.empty()));
            return upload;
        } catch (AuditException e) {
            upload.close();
            throw e;
        }
    }

    /**
     * Finishes an upload: unpacks, reads and checks everything.
     *
     * @throws AuditException {@code BAD_DATA} with every problem; the upload is discarded
     */
    public DatasetInfo accept(String id, Upload upload) {
        DatasetInfo info = require(id);
        try {
            upload.finish(zip -> write(unpack(info, zip)));
            blobs.delete(info.digest());
        } catch (AuditException e) {
            if (find(id).flatMap(DatasetInfo::content).isEmpty()) {
                remove(id, FILES);
            }
            throw e;
        }
        return require(id);
    }

    /** Removes a data set and what arrived of it. */
    public synchronized void delete(String id) {
        DatasetInfo info = require(id);
        blobs.delete(info.digest());
        remove(id, "");
    }

    private DatasetInfo unpack(DatasetInfo info, Path zip) {
        Path home = folder.resolve(info.id());
        remove(info.id(), FILES);
        Path files = Unzip.unpack(zip, Disk.folder(home.resolve(FILES)), limits.uploadBytes());
        AuditDataset data = AuditDataset.load(files);
        return info.completed(
                new DatasetInfo.Summary(
                        home.relativize(files).toString(),
                        data.rows(),
                        data.rows(Split.TEST).length,
                        data.classes(),
                        data.concepts().stream().map(ConceptId::value).toList()));
    }

    private void remove(String id, String below) {
        try {
            Disk.delete(folder.resolve(id).resolve(below));
        } catch (IOException e) {
            throw Disk.failure("dataset", e);
        }
    }

    private void write(DatasetInfo info) {
        try {
            Disk.replace(
                    folder.resolve(info.id()).resolve(INFO), Json.mapper().writeValueAsBytes(info));
        } catch (IOException e) {
            throw Disk.failure("dataset", e);
        }
    }
}
