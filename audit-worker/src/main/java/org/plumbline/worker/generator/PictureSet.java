package org.plumbline.worker.generator;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.util.List;

/**
 * Images with their classes, as they were before any bias. Immutable.
 *
 * @param images all of one size
 * @param labels class of each image, from 0
 */
public record PictureSet(List<Picture> images, List<Integer> labels) {
    /**
     * Copies the lists.
     *
     * @throws AuditException {@code BAD_DATA} if the counts or the sizes differ
     */
    public PictureSet {
        images = List.copyOf(images);
        labels = List.copyOf(labels);
        if (labels.size() != images.size()) {
            throw AuditException.of(
                    ErrorCode.BAD_DATA, "labels", labels.size(), images.size() + " labels");
        }
        for (Picture image : images) {
            Picture first = images.get(0);
            if (image.height() != first.height() || image.width() != first.width()) {
                throw AuditException.of(
                        ErrorCode.BAD_DATA,
                        "image",
                        image.height() + " x " + image.width(),
                        first.height() + " x " + first.width() + " as the first");
            }
        }
    }

    /** Returns the images from one number, inclusive, to another, exclusive. */
    public PictureSet range(int from, int to) {
        return new PictureSet(images.subList(from, to), labels.subList(from, to));
    }

    /** Returns the number of images. */
    public int size() {
        return images.size();
    }

    /** Returns the largest label plus one. */
    public int classes() {
        return labels.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }
}
