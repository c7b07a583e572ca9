package org.plumbline.plugin.concept;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.core.tensor.NpzFile;
import org.plumbline.plugin.config.ConceptSpec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the examples a configuration names. Confined to one thread. */
public final class ExampleReader {
    static final int MOST_IMAGES = 5000;
    static final long MOST_BYTES = 1L << 30;

    private final InputEncoder encoder;

    /** Makes a reader; arrays need no encoder, images do. */
    public ExampleReader(InputEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Reads both sides of a concept: folders of images, {@code .npy} arrays, or arrays {@code
     * positives} and {@code negatives} of {@code .npz} files.
     *
     * @throws AuditException {@code BAD_DATA} naming the concept, the file and the rule
     */
    public ConceptExamples read(ConceptSpec spec) {
        String name = "concept " + spec.name() + ": ";
        return new ConceptExamples(
                spec.name(),
                read(spec.positives(), name, "positives"),
                read(spec.negatives(), name, "negatives"),
                new FitSettings(spec.cav(), spec.pooling(), 0));
    }

    private Examples read(Path source, String concept, String side) {
        try {
            String file = source.toString().toLowerCase(Locale.ROOT);
            if (Files.isRegularFile(source) && file.endsWith(".npy")) {
                return Examples.array(NpyFile.readFloats(source), side + " " + source);
            }
            if (Files.isRegularFile(source) && file.endsWith(".npz")) {
                FloatTensor array = NpzFile.readFloats(source, side, MOST_BYTES);
                return Examples.array(array, source + "/" + side);
            }
            if (!Files.isDirectory(source)) {
                String expected = "existing folder of PNG or JPEG images, or .npy or .npz file";
                throw bad(side, source, expected);
            }
            return folder(source, side);
        } catch (AuditException e) {
            throw new AuditException(e.code(), concept + e.getMessage(), e);
        }
    }

    private Examples folder(Path source, String side) {
        Map<String, FloatTensor> parts = new TreeMap<>();
        long bytes = 0;
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.filter(f -> ImageRules.named(f.toString())).toList()) {
                if (parts.size() == MOST_IMAGES) {
                    throw bad(side + " " + source, "more images", "at most " + MOST_IMAGES);
                }
                FloatTensor image = image(bytes(file), file.toString());
                bytes = counted(bytes, image, side + " " + source);
                parts.put(file.toString(), image);
            }
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA,
                    side + " " + source + ": " + e + " (expected: readable)",
                    e);
        }
        return join(parts, side + " " + source);
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(ImageRules.LARGEST_FILE + 1);
        }
    }

    /** Returns one image as the model receives it, {@code [1, c, h, w]}. */
    FloatTensor image(byte[] image, String file) {
        ImageRules.require(image, file);
        return encoder.encode(image, file);
    }

    /** Returns the bytes read so far with those of an image. */
    static long counted(long bytes, FloatTensor image, String source) {
        long sum = bytes + 4L * image.values().length;
        if (sum > MOST_BYTES) {
            throw bad(source, "over " + MOST_BYTES + " bytes as model inputs", "fewer images");
        }
        return sum;
    }

    /** Joins images by the names of their files. */
    static Examples join(Map<String, FloatTensor> images, String source) {
        if (images.isEmpty()) {
            throw bad(source, "no images", "PNG or JPEG images");
        }
        List<String> files = new ArrayList<>(images.keySet());
        List<FloatTensor> parts = new ArrayList<>(images.values());
        long[] shape = parts.get(0).shape();
        for (int i = 0; i < parts.size(); i++) {
            if (!Arrays.equals(parts.get(i).shape(), shape)) {
                String actual = Arrays.toString(parts.get(i).shape());
                throw bad(
                        files.get(i),
                        "model input " + actual,
                        Arrays.toString(shape) + " as " + files.get(0));
            }
        }
        return new Examples(FloatTensor.concat(parts), source, files);
    }

    private static AuditException bad(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, field, value, expected);
    }
}
