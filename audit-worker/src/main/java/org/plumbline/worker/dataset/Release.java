package org.plumbline.worker.dataset;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a published benchmark keeps its parts: Coloured MNIST, Corrupted CIFAR-10, BFFHQ and Dogs
 * &amp; Cats as {@code RATIO/align}, {@code RATIO/conflict} with {@code valid} and {@code test}
 * inside or beside {@code RATIO}; BAR as {@code train/align} and {@code train/conflict/RATIO}, with
 * the others beside {@code train}. Immutable.
 *
 * <p>Source: kakaoenterprise/Learning-Debiased-Disentangled (DisEnt archive), as read by
 * BiasEnsemble and DCWP.
 *
 * @param ratio the folder a caller names: {@code RATIO}
 */
record Release(Path ratio, Path align, Path conflict, Optional<Path> valid, Optional<Path> test) {

    /** Returns the parts around a folder, if it is one of a release. */
    static Optional<Release> in(Path folder) {
        Path ratio = folder.toAbsolutePath().normalize();
        if (isFolder(ratio.resolve("align")) && isFolder(ratio.resolve("conflict"))) {
            return Optional.of(
                    new Release(
                            ratio,
                            ratio.resolve("align"),
                            ratio.resolve("conflict"),
                            part("valid", ratio, parent(ratio)),
                            part("test", ratio, parent(ratio))));
        }
        Path conflict = parent(ratio);
        Path train = parent(conflict);
        Path root = parent(train);
        if (conflict.endsWith("conflict") && isFolder(ratio) && isFolder(train.resolve("align"))) {
            return Optional.of(
                    new Release(
                            ratio,
                            train.resolve("align"),
                            ratio,
                            part("valid", root, train),
                            part("test", root, train)));
        }
        return Optional.empty();
    }

    private static Optional<Path> part(String name, Path first, Path second) {
        return Stream.of(first.resolve(name), second.resolve(name))
                .filter(Release::isFolder)
                .findFirst();
    }

    private static Path parent(Path folder) {
        Path parent = folder.getParent();
        return parent == null ? folder : parent;
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns the folders that hold all of it, none inside another, in a fixed order. */
    List<Path> folders() {
        Stream<Path> others =
                Stream.of(Optional.of(align), Optional.of(conflict), valid, test)
                        .flatMap(Optional::stream)
                        .filter(part -> !part.startsWith(ratio));
        return Stream.concat(Stream.of(ratio), others).toList();
    }
}
