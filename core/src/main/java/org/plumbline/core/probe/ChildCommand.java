package org.plumbline.core.probe;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a child is started: this Java, the classes this process has, and of the environment only what
 * Java and the engine need to find their files. Thread-safe.
 */
final class ChildCommand {
    private static final String ENGINE = "ai.djl.pytorch.engine.PtEngine";

    /** Variables without secrets that say where libraries and caches lie. */
    private static final Set<String> VARIABLES =
            Set.of(
                    "PATH",
                    "HOME",
                    "LANG",
                    "LC_ALL",
                    "LD_LIBRARY_PATH",
                    "DJL_CACHE_DIR",
                    "ENGINE_CACHE_DIR",
                    "PYTORCH_LIBRARY_PATH",
                    "PYTORCH_VERSION",
                    "PYTORCH_FLAVOR");

    private static final Set<String> PROPERTIES =
            Set.of("ai.djl.offline", "DJL_CACHE_DIR", "ENGINE_CACHE_DIR", "PYTORCH_LIBRARY_PATH");

    private ChildCommand() {}

    /** Returns a process to be started whose main class is given arguments. */
    static ProcessBuilder of(
            Class<?> main, ProbeLimits limits, Scratch scratch, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + limits.heapBytes());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + scratch.crashReport(),
                        "-Djava.io.tmpdir=" + scratch.folder(),
                        "-Dai.djl.pytorch.num_threads=1",
                        "-Dai.djl.pytorch.num_interop_threads=1"));
        for (String name : PROPERTIES) {
            String value = System.getProperty(name);
            if (value != null) {
                command.add("-D" + name + "=" + value);
            }
        }
        command.addAll(List.of("-cp", classPath(main), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(scratch.folder().toFile()).redirectErrorStream(true);
        environment(builder.environment());
        return builder;
    }

    private static void environment(Map<String, String> variables) {
        variables.keySet().retainAll(VARIABLES);
        variables.put("OPT_OUT_TRACKING", "true");
        variables.put("OMP_NUM_THREADS", "1");
        variables.put("CUDA_VISIBLE_DEVICES", "");
    }

    /** This process's class path and what its class loaders add to it, as a plugin's do. */
    static String classPath(Class<?> main) {
        Set<String> entries = new LinkedHashSet<>();
        List<ClassLoader> loaders = new ArrayList<>();
        addLoaders(loaders, main.getClassLoader());
        addLoaders(loaders, Thread.currentThread().getContextClassLoader());
        for (ClassLoader loader : loaders) {
            if (loader instanceof URLClassLoader urls) {
                for (URL url : urls.getURLs()) {
                    add(entries, url);
                }
            }
            addSource(entries, main.getName(), loader);
            addSource(entries, ENGINE, loader);
        }
        for (String entry :
                System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
            if (!entry.isEmpty()) {
                entries.add(Path.of(entry).toAbsolutePath().toString());
            }
        }
        return entries.stream().collect(Collectors.joining(File.pathSeparator));
    }

    private static void addLoaders(List<ClassLoader> loaders, ClassLoader first) {
        for (ClassLoader loader = first; loader != null; loader = loader.getParent()) {
            loaders.add(loader);
        }
    }

    private static void addSource(Set<String> entries, String type, ClassLoader loader) {
        try {
            Class<?> found = Class.forName(type, false, loader);
            if (found.getProtectionDomain().getCodeSource() != null) {
                add(entries, found.getProtectionDomain().getCodeSource().getLocation());
            }
        } catch (ClassNotFoundException e) {
            return; // another loader has it
        }
    }

    private static void add(Set<String> entries, URL url) {
        try {
            if (url.getProtocol().equals("file")) {
                entries.add(Path.of(url.toURI()).toString());
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException("class path: " + url + " (expected: a file)", e);
        }
    }
}
