package org.plumbline.core.torchscript;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.torchscript.pickle.PickleReader;
import org.plumbline.core.torchscript.pickle.PickleValue;
import org.plumbline.core.torchscript.pickle.PickleValue.Applied;
import org.plumbline.core.torchscript.pickle.PickleValue.Dictionary;
import org.plumbline.core.torchscript.pickle.PickleValue.Flag;
import org.plumbline.core.torchscript.pickle.PickleValue.GlobalName;
import org.plumbline.core.torchscript.pickle.PickleValue.Instance;
import org.plumbline.core.torchscript.pickle.PickleValue.Persistent;
import org.plumbline.core.torchscript.pickle.PickleValue.Text;
import org.plumbline.core.torchscript.pickle.PickleValue.Tuple;
import org.plumbline.core.torchscript.pickle.PickleValue.Whole;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Modules and tensors that a pickle of an archive describes. Confined to one thread. */
final class ArchiveData {
    private static final String REBUILD = "torch._utils._rebuild_tensor_v2";
    private static final String CODE = "__torch__.";
    private static final String TYPE_TAG = "torch.jit._pickle.restore_type_tag";
    private static final String NATIVE_CLASSES = CODE + "torch.classes.";
    private static final int MOST_MODULES = 20_000;
    private static final int MOST_TENSORS = 100_000;
    private static final int LONGEST_TYPE = 1000;
    private static final Set<String> CALLABLES =
            Set.of(
                    REBUILD,
                    "collections.OrderedDict",
                    "torch.jit._pickle.build_boollist",
                    "torch.jit._pickle.build_doublelist",
                    "torch.jit._pickle.build_intlist",
                    "torch.jit._pickle.build_tensorlist",
                    TYPE_TAG);

    private final String entry;
    private final Map<String, ModuleNode> modules = new LinkedHashMap<>();
    private final IdentityHashMap<Instance, String> objects = new IdentityHashMap<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private final List<StoredTensor> anonymous = new ArrayList<>();
    private final Map<String, Long> storages = new HashMap<>();

    private ArchiveData(String entry) {
        this.entry = entry;
    }

    /** Reads {@code data.pkl}: the root must be a module. */
    static ArchiveData modules(byte[] pickle) {
        ArchiveData data = new ArchiveData("data.pkl");
        PickleValue root = data.read(pickle);
        if (!(root instanceof Instance instance)) {
            throw data.bad("no module at the root", "a TorchScript module");
        }
        data.module("", instance, new HashSet<>());
        return data;
    }

    /** Reads {@code constants.pkl}: any values. */
    static ArchiveData constants(byte[] pickle) {
        ArchiveData data = new ArchiveData("constants.pkl");
        data.read(pickle);
        return data;
    }

    /** Returns the modules by path, the root first. */
    Map<String, ModuleNode> modules() {
        return modules;
    }

    /** Returns the tensor attributes by path. */
    Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** Returns every tensor the pickle describes, attributes and others. */
    List<StoredTensor> all() {
        return anonymous;
    }

    /** Returns the bytes each storage is said to have, by key. */
    Map<String, Long> storages() {
        return storages;
    }

    private PickleValue read(byte[] pickle) {
        PickleValue root = PickleReader.read(entry, pickle, ArchiveData::allowed);
        Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<PickleValue> open = new ArrayList<>(List.of(root));
        while (!open.isEmpty()) {
            PickleValue value = open.remove(open.size() - 1);
            if (seen.add(value)) {
                if (value instanceof Applied applied) {
                    applied(applied);
                }
                open.addAll(value.children());
            }
        }
        return root;
    }

    private void applied(Applied applied) {
        String function = applied.function().qualified();
        if (function.equals(REBUILD)) {
            anonymous.add(tensor("", applied));
        }
        for (PickleValue argument : applied.arguments().children()) {
            // the native reader parses a type's name by recursion
            if (function.equals(TYPE_TAG)
                    && argument instanceof Text type
                    && type.value().length() > LONGEST_TYPE) {
                throw bad("a type of " + type.value().length() + " characters", "shorter types");
            }
        }
    }

    private static boolean allowed(String name) {
        return (name.startsWith(CODE) && !name.startsWith(NATIVE_CLASSES))
                || CALLABLES.contains(name)
                || (name.startsWith("torch.")
                        && DataKind.ofStorage(name.substring("torch.".length())).isPresent());
    }

    private void module(String path, Instance instance, Set<Instance> above) {
        if (!above.add(instance)) {
            throw bad("module " + path + " contains itself", "a tree of modules");
        }
        if (modules.size() >= MOST_MODULES) {
            throw bad("more than " + MOST_MODULES + " modules", "fewer modules");
        }
        objects.putIfAbsent(instance, path);
        List<String> names = new ArrayList<>();
        Map<String, Boolean> flags = new HashMap<>();
        modules.put(path, node(path, instance, names, flags)); // before those below it
        if (instance.state().isPresent()
                && instance.state().get() instanceof Dictionary dictionary) {
            for (int i = 0; i < dictionary.keys().size(); i++) {
                attribute(path, dictionary, i, names, above);
                flag(dictionary, i, flags);
            }
        }
        modules.put(path, node(path, instance, names, flags));
        above.remove(instance);
    }

    private ModuleNode node(
            String path, Instance instance, List<String> names, Map<String, Boolean> flags) {
        String object = objects.getOrDefault(instance, path);
        return new ModuleNode(path, instance.type().qualified(), names, flags, object);
    }

    private static void flag(Dictionary dictionary, int i, Map<String, Boolean> flags) {
        if (dictionary.keys().get(i) instanceof Text key
                && dictionary.values().get(i) instanceof Flag flag) {
            flags.put(key.value(), flag.value());
        }
    }

    private void attribute(
            String path, Dictionary dictionary, int i, List<String> names, Set<Instance> above) {
        if (!(dictionary.keys().get(i) instanceof Text key)) {
            throw bad("attribute without a name in " + path, "names");
        }
        String child = path.isEmpty() ? key.value() : path + "." + key.value();
        PickleValue value = dictionary.values().get(i);
        if (value instanceof Instance submodule) {
            module(child, submodule, above);
        } else if (value instanceof Applied applied
                && applied.function().qualified().equals(REBUILD)) {
            if (tensors.size() >= MOST_TENSORS) {
                throw bad("more than " + MOST_TENSORS + " tensors", "fewer tensors");
            }
            names.add(key.value());
            tensors.put(child, tensor(child, applied));
        }
    }

    /** {@code (storage, offset, sizes, strides, requires_grad, hooks)}. */
    private StoredTensor tensor(String name, Applied applied) {
        List<PickleValue> arguments = applied.arguments().children();
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof Persistent storage)
                || !(arguments.get(1) instanceof Whole offset)) {
            throw bad("tensor " + name, "storage, offset, sizes and strides");
        }
        List<PickleValue> id = storage.id().children();
        if (id.size() < 5
                || !(id.get(1) instanceof GlobalName type)
                || !(id.get(2) instanceof Text key)) {
            throw bad("storage of tensor " + name, "kind, type, key, device and size");
        }
        DataKind kind =
                DataKind.ofStorage(type.name())
                        .orElseThrow(() -> bad("storage " + type.qualified(), "a known type"));
        StoredTensor tensor =
                new StoredTensor(
                        name,
                        kind,
                        key.value(),
                        offset.value(),
                        longs(arguments.get(2), name),
                        longs(arguments.get(3), name));
        return checked(tensor, id.get(4));
    }

    private StoredTensor checked(StoredTensor tensor, PickleValue stored) {
        boolean negative =
                tensor.offset() < 0
                        || tensor.shape().stream().anyMatch(n -> n < 0)
                        || tensor.strides().stream().anyMatch(n -> n < 0);
        if (negative || tensor.shape().size() != tensor.strides().size()) {
            throw bad(
                    "tensor " + tensor.name() + " of shape " + tensor.shape(),
                    "offset, sizes and strides of at least 0");
        }
        long elements = stored instanceof Whole whole ? whole.value() : -1;
        try {
            Math.multiplyExact(tensor.size(), (long) tensor.kind().bytes());
            long bytes = Math.multiplyExact(elements, (long) tensor.kind().bytes());
            storages.merge(tensor.key(), bytes, Math::max);
            if (tensor.extent() > elements) {
                throw bad(
                        "storage " + tensor.key() + " of " + elements + " elements",
                        "at least " + tensor.extent());
            }
        } catch (ArithmeticException e) {
            throw bad("tensor " + tensor.name() + " of shape " + tensor.shape(), "fewer bytes");
        }
        return tensor;
    }

    private List<Long> longs(PickleValue value, String name) {
        List<Long> numbers = new ArrayList<>();
        if (!(value instanceof Tuple tuple)) {
            throw bad("tensor " + name, "tuples of sizes");
        }
        for (PickleValue number : tuple.values()) {
            if (!(number instanceof Whole whole)) {
                throw bad("tensor " + name, "whole numbers");
            }
            numbers.add(whole.value());
        }
        return numbers;
    }

    private AuditException bad(String value, String expected) {
        return AuditException.of(ErrorCode.BAD_ARCHIVE, entry, value, expected);
    }
}
