package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.zip.ZipArchive;
import org.plumbline.core.torchscript.zip.ZipRecord;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks that tensors lie inside their storages; the native loader believes the pickle and would
 * read foreign memory or crash. Confined to one thread.
 */
final class StorageRules {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private final ZipArchive zip;
    private final String root;
    private final Set<String> counted = new HashSet<>();
    private long left;

    StorageRules(ZipArchive zip, String root, long budget) {
        this.zip = zip;
        this.root = root;
        this.left = budget;
    }

    void check(String folder, List<StoredTensor> tensors) {
        for (StoredTensor tensor : tensors) {
            String entry = folder + tensor.key();
            ZipRecord record =
                    zip.find(root + entry)
                            .filter(r -> KEY.matcher(tensor.key()).matches())
                            .orElseThrow(() -> bad(entry, "missing", "the storage of a tensor"));
            long needed = tensor.extent() * tensor.kind().bytes();
            if (needed > record.size()) {
                throw bad(entry, record.size() + " bytes", "at least " + needed);
            }
            if (counted.add(entry)) {
                left -= record.size();
            }
            if (left < 0) {
                throw bad(entry, "tensors beyond the memory budget", "smaller tensors");
            }
        }
    }

    private static AuditException bad(String entry, String value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, entry, value, expected);
    }
}
