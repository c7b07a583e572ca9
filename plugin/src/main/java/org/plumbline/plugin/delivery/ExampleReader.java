package org.plumbline.plugin.delivery;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.plugin.config.ConceptSpec;

import java.io.ByteArrayInputStream;
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
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads examples of a concept from folders, arrays and uploads. Confined to one thread. */
public final class ExampleReader {
    private static final int MOST_IMAGES = 5000;
    private static final long LARGEST_IMAGE = 16 << 20;
    private static final long LARGEST_ARRAY = 1L << 30;

    private final InputEncoder encoder;

    /** Makes a reader; arrays need no encoder, images do. */
    public ExampleReader(InputEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Reads the examples a configuration names.
     *
     * @throws AuditException {@code BAD_DATA} naming the concept, the path and what is expected
     */
    public ConceptExamples read(ConceptSpec spec) {
        FloatTensor with = read(spec.positives(), "concept " + spec.name() + ": positives");
        FloatTensor without = read(spec.negatives(), "concept " + spec.name() + ": negatives");
        return new ConceptExamples(spec.name(), with, without, spec.cav(), spec.pooling());
    }

    /**
     * Reads an upload: a zip with folders {@code positives/} and {@code negatives/} of images, or
     * an npz with arrays of these names.
     */
    public ConceptExamples read(ConceptSpec spec, byte[] upload) {
        Map<String, List<FloatTensor>> sides = new TreeMap<>();
        sides.put("positives", new ArrayList<>());
        sides.put("negatives", new ArrayList<>());
        int images = 0;
        long unpacked = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(upload))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                List<FloatTensor> side = sides.get(side(entry.getName()));
                if (entry.isDirectory() || side == null) {
                    continue;
                }
                if (++images > MOST_IMAGES) {
                    throw bad("upload", images + " entries", "at most " + MOST_IMAGES);
                }
                FloatTensor read =
                        entry.getName().endsWith(".npy")
                                ? array(zip, entry.getName(), LARGEST_ARRAY - unpacked)
                                : encoder.encode(image(zip, entry.getName()), entry.getName());
                unpacked += 4L * read.values().length;
                if (unpacked > LARGEST_ARRAY) {
                    throw bad("upload", unpacked + " bytes", "at most " + LARGEST_ARRAY);
                }
                side.add(read);
            }
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.BAD_DATA, "upload: " + e.getMessage() + " (expected: zip or npz)", e);
        }
        String name = "concept " + spec.name();
        return new ConceptExamples(
                spec.name(),
                join(sides.getOrDefault("positives", List.of()), name + ": positives"),
                join(sides.getOrDefault("negatives", List.of()), name + ": negatives"),
                spec.cav(),
                spec.pooling());
    }

    private FloatTensor read(Path source, String name) {
        if (Files.isRegularFile(source) && source.toString().endsWith(".npy")) {
            return inputs(NpyFile.readFloats(source), name);
        }
        if (!Files.isDirectory(source)) {
            throw bad(name, source, "existing folder of PNG or JPEG images, or .npy file");
        }
        try (Stream<Path> files = Files.list(source)) {
            List<FloatTensor> parts = new ArrayList<>();
            for (Path file : files.filter(f -> image(f.toString())).sorted().toList()) {
                if (parts.size() == MOST_IMAGES) {
                    throw bad(name, source, "at most " + MOST_IMAGES + " images");
                }
                parts.add(encoder.encode(Files.readAllBytes(file), file.toString()));
            }
            return join(parts, name);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.BAD_DATA, name + ": " + source + ": " + e, e);
        }
    }

    private static String side(String entry) {
        String name = entry.toLowerCase(Locale.ROOT);
        for (String side : List.of("positives", "negatives")) {
            if (name.equals(side + ".npy") || (name.startsWith(side + "/") && image(name))) {
                return side;
            }
        }
        return "";
    }

    private static boolean image(String file) {
        String name = file.toLowerCase(Locale.ROOT);
        return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
    }

    private static byte[] image(InputStream zip, String name) throws IOException {
        byte[] bytes = zip.readNBytes((int) LARGEST_IMAGE + 1);
        if (bytes.length > LARGEST_IMAGE) {
            throw bad(name, "over " + LARGEST_IMAGE + " bytes", "a smaller image");
        }
        return bytes;
    }

    private static FloatTensor array(InputStream zip, String name, long limit) {
        return inputs(NpyFile.readFloats(zip, name, limit), name);
    }

    private static FloatTensor inputs(FloatTensor tensor, String name) {
        if (tensor.rank() != 4 || tensor.rows() == 0) {
            throw bad(name, Arrays.toString(tensor.shape()), "[n, c, h, w] with n at least 1");
        }
        for (float value : tensor.values()) {
            if (!Float.isFinite(value)) {
                throw bad(name, value, "finite values");
            }
        }
        return tensor;
    }

    private static FloatTensor join(List<FloatTensor> parts, String name) {
        if (parts.isEmpty()) {
            throw bad(name, "no images", "at least one PNG or JPEG image");
        }
        long[] shape = parts.get(0).shape();
        for (FloatTensor part : parts) {
            long[] other = part.shape();
            other[0] = shape[0];
            if (!Arrays.equals(other, shape)) {
                throw bad(name, Arrays.toString(part.shape()), "all of " + Arrays.toString(shape));
            }
        }
        return inputs(FloatTensor.concat(parts), name);
    }

    private static AuditException bad(String field, Object value, String expected) {
        return AuditException.of(ErrorCode.BAD_DATA, field, value, expected);
    }
}
