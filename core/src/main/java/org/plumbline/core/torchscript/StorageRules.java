package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.zip.ZipArchive;
import org.plumbline.core.torchscript.zip.ZipRecord;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Checks that tensors lie inside their storages; the native loader believes the pickle and would
 * read foreign memory or crash. Deflated storages may not be much larger than their tensors.
 * Confined to one thread.
 */
final class StorageRules {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    /** A deflated storage may exceed the tensors in it by this factor, and by a megabyte. */
    private static final int SLACK = 4;

    private static final long SMALL = 1L << 20;

    private final ZipArchive zip;
    private final String root;
    private final Map<String, Long> needed = new HashMap<>();
    private final long budget;
    private long left;

    StorageRules(ZipArchive zip, String root, long budget) {
        this.zip = zip;
        this.root = root;
        this.budget = budget;
        this.left = budget;
    }

    void check(String folder, ArchiveData data) {
        for (StoredTensor tensor : data.all()) {
            String entry = folder + tensor.key();
            ZipRecord record = record(entry, tensor.key());
            long bytes = tensor.extent() * tensor.kind().bytes();
            long said = data.storages().getOrDefault(tensor.key(), bytes);
            if (said > record.size()) {
                throw bad(entry, record.size() + " bytes", "at least " + said);
            }
            if (tensor.size() * tensor.kind().bytes() > budget) {
                throw bad(entry, "a tensor beyond the memory budget", "smaller tensors");
            }
            needed.merge(entry, bytes, Math::max);
        }
        needed.forEach(this::count);
        needed.clear();
    }

    private ZipRecord record(String entry, String key) {
        return zip.find(root + entry)
                .filter(r -> KEY.matcher(key).matches())
                .orElseThrow(() -> bad(entry, "missing", "the storage of a tensor"));
    }

    private void count(String entry, long bytes) {
        ZipRecord record = zip.find(root + entry).orElseThrow();
        left -= record.size();
        if (left < 0) {
            throw bad(entry, "tensors beyond the memory budget", "smaller tensors");
        }
        if (record.method() == ZipRecord.DEFLATED && record.size() > SLACK * bytes + SMALL) {
            throw bad(entry, "inflates to " + record.size() + " bytes", "its tensors' " + bytes);
        }
    }

    private static AuditException bad(String entry, String value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, entry, value, expected);
    }
}
