package org.plumbline.core.torchscript;

import java.nio.file.Path;

/** Archives that tests share. */
public final class TestArchives {
    private static final Path RESOURCES = Path.of("src", "test", "resources");

    private TestArchives() {}

    /** Returns a model of the reference set, such as {@code small_cnn.trace}. */
    public static Path reference(String name) {
        return RESOURCES.resolve("reference").resolve("models").resolve(name + ".pt");
    }

    /** Returns an archive written by {@code export_archives.py}. */
    public static Path small(String name) {
        return RESOURCES.resolve("archives").resolve(name + ".pt");
    }

    /** Returns an archive of the model zoo, such as {@code torch1/resnet18.script}. */
    public static Path zoo(String name) {
        return RESOURCES.resolve("zoo").resolve(name + ".pt");
    }
}
