package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.model.Digest;
import org.plumbline.core.torchscript.source.ClassSource;
import org.plumbline.core.torchscript.source.FunctionSource;
import org.plumbline.core.torchscript.source.SourceFile;
import org.plumbline.core.torchscript.source.Token;
import org.plumbline.core.torchscript.zip.ZipArchive;
import org.plumbline.core.torchscript.zip.ZipRecord;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A TorchScript archive that passed every check a native loader needs: nothing of it has been run.
 * Thread-safe; close it.
 *
 * <p>Checked are the zip directory and every checksum, the opcodes, names and nesting of the
 * pickles, that every tensor lies inside its storage, the sizes of everything unpacked, the nesting
 * of code, and that code names only operators of the reviewed list. What cannot be decided so, such
 * as how long code runs, is left to the probe.
 */
public final class Archive implements AutoCloseable {
    private static final String DATA = "data.pkl";
    private static final String CONSTANTS = "constants.pkl";
    private static final String CODE = "code/";
    private static final String PYTHON = ".py";
    private static final int MOST_TOKENS = 1_000_000;

    private final Path path;
    private final Digest digest;
    private final ZipArchive zip;
    private final String root;
    private final ArchiveData data;
    private final Map<String, SourceFile> sources;
    private final Map<String, ClassSource> classes;

    private Archive(
            Path path,
            Digest digest,
            ZipArchive zip,
            String root,
            ArchiveData data,
            Map<String, SourceFile> sources,
            Map<String, ClassSource> classes) {
        this.path = path;
        this.digest = digest;
        this.zip = zip;
        this.root = root;
        this.data = data;
        this.sources = sources;
        this.classes = classes;
    }

    /**
     * Opens and checks an archive within {@link ArchiveLimits#DEFAULT}.
     *
     * @throws AuditException {@code BAD_ARCHIVE} with the rule it breaks; {@code NOT_FOUND} if
     *     there is no such file
     */
    public static Archive open(Path path) {
        return open(path, ArchiveLimits.DEFAULT);
    }

    /** Opens and checks an archive within given limits. */
    public static Archive open(Path path, ArchiveLimits limits) {
        if (!Files.isRegularFile(path)) {
            throw AuditException.of(ErrorCode.NOT_FOUND, "archive", path, "a .pt file");
        }
        try {
            ZipArchive zip = ZipArchive.open(path, limits.zip());
            try {
                return read(path, zip, limits);
            } catch (IOException | RuntimeException e) {
                zip.close();
                throw e;
            }
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_ARCHIVE, path.getFileName() + ": cannot be read: " + e, e);
        }
    }

    private static Archive read(Path path, ZipArchive zip, ArchiveLimits limits)
            throws IOException {
        String root = root(zip);
        ArchiveData data =
                ArchiveData.modules(zip.read(entry(zip, root, DATA), limits.pickleBytes()));
        ArchiveData constants =
                ArchiveData.constants(zip.read(entry(zip, root, CONSTANTS), limits.pickleBytes()));
        Optional<ZipRecord> order = zip.find(root + "byteorder");
        if (order.isPresent()
                && !new String(zip.read(order.get(), 16), StandardCharsets.US_ASCII)
                        .equals("little")) {
            throw AuditException.of(ErrorCode.BAD_ARCHIVE, "byteorder", "not little", "little");
        }
        StorageRules rules = new StorageRules(zip, root, limits.tensorBytes());
        rules.check("data/", data);
        rules.check("constants/", constants);
        Map<String, SourceFile> sources = sources(zip, root, limits);
        Map<String, ClassSource> classes = classes(sources.values(), limits);
        CodeRules code = new CodeRules(classes.values());
        sources.values().forEach(code::check);
        return new Archive(path, zip.verify(), zip, root, data, sources, classes);
    }

    private static String root(ZipArchive zip) {
        if (zip.records().isEmpty()) {
            throw AuditException.of(ErrorCode.BAD_ARCHIVE, "archive", "empty zip", "TorchScript");
        }
        String first = zip.records().get(0).name();
        String root = first.substring(0, first.indexOf('/') + 1);
        for (ZipRecord entry : zip.records()) {
            if (root.isEmpty() || !entry.name().startsWith(root)) {
                throw AuditException.of(
                        ErrorCode.BAD_ARCHIVE, "zip entry", entry.name(), "one root folder");
            }
        }
        return root;
    }

    private static ZipRecord entry(ZipArchive zip, String root, String name) {
        return zip.find(root + name)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.BAD_ARCHIVE,
                                        "archive",
                                        "no " + name,
                                        "a TorchScript archive (torch.jit.save)"));
    }

    private static Map<String, SourceFile> sources(
            ZipArchive zip, String root, ArchiveLimits limits) throws IOException {
        Map<String, SourceFile> sources = new LinkedHashMap<>();
        long bytes = 0;
        int tokens = 0;
        for (ZipRecord entry : zip.records()) {
            String name = entry.name().substring(root.length());
            if (isCode(name)) {
                bytes += entry.size();
                byte[] text = zip.read(entry, limits.codeFileBytes());
                SourceFile file = SourceFile.parse(name, new String(text, StandardCharsets.UTF_8));
                CodeShape.check(file);
                sources.put(name, file);
                tokens += file.tokens().size();
                if (bytes > limits.codeBytes() || tokens > MOST_TOKENS) {
                    throw AuditException.of(
                            ErrorCode.BAD_ARCHIVE,
                            "code",
                            bytes + " bytes, " + tokens + " tokens",
                            "at most " + limits.codeBytes() + ", " + MOST_TOKENS);
                }
            }
        }
        return sources;
    }

    /** The engine looks names up without regard to case, so another spelling is code as well. */
    private static boolean isCode(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean code = lower.startsWith(CODE) && lower.endsWith(PYTHON);
        if (code && !(name.startsWith(CODE) && name.endsWith(PYTHON))) {
            throw AuditException.of(
                    ErrorCode.BAD_ARCHIVE, "zip entry", name, "code/ and .py in lower case");
        }
        return code;
    }

    private static Map<String, ClassSource> classes(
            Collection<SourceFile> sources, ArchiveLimits limits) {
        Map<String, ClassSource> classes = new LinkedHashMap<>();
        for (SourceFile source : sources) {
            source.classes().forEach(c -> classes.put(c.qualifiedName(), c));
        }
        if (classes.size() > limits.classes()) {
            throw AuditException.of(
                    ErrorCode.BAD_ARCHIVE,
                    "code",
                    classes.size() + " classes",
                    "at most " + limits.classes());
        }
        return classes;
    }

    /** Returns the file. */
    public Path path() {
        return path;
    }

    /** Returns the SHA-256 of the file. */
    public Digest digest() {
        return digest;
    }

    /** Returns the modules, the root first, in the order of their attributes. */
    public List<ModuleNode> modules() {
        return List.copyOf(data.modules().values());
    }

    /** Returns the module at an attribute path; the empty path is the root. */
    public Optional<ModuleNode> module(String modulePath) {
        return Optional.ofNullable(data.modules().get(modulePath));
    }

    /** Returns the parameters and buffers by attribute path, in order. */
    public Map<String, StoredTensor> tensors() {
        return Collections.unmodifiableMap(data.tensors());
    }

    /** Returns the float32 parameters, without buffers, by attribute path, in order. */
    public List<StoredTensor> parameters() {
        return tensors().values().stream()
                .filter(tensor -> tensor.kind() == DataKind.FLOAT32 && isParameter(tensor.name()))
                .toList();
    }

    private boolean isParameter(String name) {
        int dot = name.lastIndexOf('.');
        return module(name.substring(0, Math.max(0, dot)))
                .flatMap(owner -> type(owner.type()))
                .filter(type -> type.parameters().contains(name.substring(dot + 1)))
                .isPresent();
    }

    /** Returns a class by its qualified name. */
    public Optional<ClassSource> type(String qualifiedName) {
        return Optional.ofNullable(classes.get(qualifiedName));
    }

    /** Returns the functions outside classes by qualified name. */
    public Map<String, FunctionSource> functions() {
        Map<String, FunctionSource> functions = new LinkedHashMap<>();
        for (SourceFile source : sources.values()) {
            source.functions().forEach(f -> functions.put(f.qualifiedName(), f));
        }
        return functions;
    }

    /** Returns the class of the root module. */
    public ClassSource rootType() {
        String name = modules().get(0).type();
        return type(name)
                .orElseThrow(
                        () ->
                                AuditException.of(
                                        ErrorCode.BAD_ARCHIVE, "code", "no " + name, "its class"));
    }

    /** Returns the names of the {@code torch} functions that the code calls, sorted. */
    public Set<String> operators() {
        Set<String> names = new TreeSet<>();
        for (SourceFile file : sources.values()) {
            List<Token> tokens = file.tokens();
            for (int i = 0; i + 2 < tokens.size(); i++) {
                if (tokens.get(i).text().equals("torch")
                        && tokens.get(i + 1).text().equals(".")
                        && (i == 0 || !tokens.get(i - 1).text().equals("."))) {
                    names.add(tokens.get(i + 2).text());
                }
            }
        }
        return Collections.unmodifiableSet(names);
    }

    /**
     * Returns the place of a loop whose number of passes the code does not state: a {@code while},
     * or a {@code for} not over a small constant. Such code may never end.
     */
    public Optional<String> unboundedLoop() {
        return sources.values().stream()
                .map(Loops::unbounded)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Returns the names of all entries below the root folder. */
    public Set<String> entries() {
        Set<String> names = new LinkedHashSet<>();
        zip.records().forEach(r -> names.add(r.name().substring(root.length())));
        return Collections.unmodifiableSet(names);
    }

    /** Returns the content of an entry below the root folder, at most {@code limit} bytes. */
    public Optional<byte[]> read(String entry, long limit) throws IOException {
        Optional<ZipRecord> record = zip.find(root + entry);
        return record.isPresent() ? Optional.of(zip.read(record.get(), limit)) : Optional.empty();
    }

    /** Returns every tensor of the data, those in lists too, each object once. */
    List<StoredTensor> stored() {
        return data.all();
    }

    Map<String, SourceFile> sources() {
        return sources;
    }

    ZipArchive zip() {
        return zip;
    }

    String root() {
        return root;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
