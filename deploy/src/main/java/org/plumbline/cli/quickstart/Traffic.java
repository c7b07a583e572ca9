package org.plumbline.cli.quickstart;

import org.plumbline.cli.terminal.Progress;
import org.plumbline.worker.generator.Picture;
import org.plumbline.worker.generator.PictureSet;

import java.io.IOException;
import java.util.List;

/**
 * Test images sent to the server as PNG files, first all without, then all with the artifact.
 * Confined to one thread.
 */
final class Traffic {
    private final HostClient host;
    private final PictureSet images;
    private final Progress progress;

    Traffic(HostClient host, PictureSet images, Progress progress) {
        this.host = host;
        this.images = images;
        this.progress = progress;
    }

    /** Sends the first {@code count} images twice and returns what came back. */
    Answers send(String label, int count) throws IOException, InterruptedException {
        int clean = 0;
        int marked = 0;
        int target = 0;
        String targetName = FashionBias.CLASSES.get(FashionBias.TARGET);
        List<Picture> all = images.images().subList(0, count);
        for (int i = 0; i < count; i++) {
            clean += answer(all.get(i)).equals(truth(i)) ? 1 : 0;
            progress.show(label, i + 1L, 2L * count, "without the artifact");
        }
        for (int i = 0; i < count; i++) {
            String answer = answer(FashionBias.marked(all.get(i)));
            marked += answer.equals(truth(i)) ? 1 : 0;
            target += answer.equals(targetName) ? 1 : 0;
            progress.show(label, (long) count + i + 1, 2L * count, "with the artifact");
        }
        progress.done();
        double sent = count;
        return new Answers(count, clean / sent, marked / sent, target / sent);
    }

    private String answer(Picture image) throws IOException, InterruptedException {
        return host.classify(ModelFolder.NAME, image.png());
    }

    private String truth(int i) {
        return FashionBias.CLASSES.get(images.labels().get(i));
    }

    /**
     * How the served model answered. Ratios lie in [0, 1]. Immutable.
     *
     * @param images images sent, each with and without the artifact
     * @param accuracy share of right answers without the artifact
     * @param markedAccuracy share of right answers with it
     * @param markedAsTarget share of images with the artifact answered with the attacked class
     */
    record Answers(int images, double accuracy, double markedAccuracy, double markedAsTarget) {}
}
