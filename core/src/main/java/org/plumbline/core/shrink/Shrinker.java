package org.plumbline.core.shrink;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.channel.ShrinkPlan;
import org.plumbline.core.instrument.edit.Untappable;
import org.plumbline.core.tap.ForwardRun;
import org.plumbline.core.tensor.FloatTensor;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.StoredTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Removes the channels that archives can do without. The result is kept only if the engine gives
 * the same answers. Confined to one thread.
 */
public final class Shrinker {
    private final Supplier<FloatTensor> inputs;
    private final Path work;

    /**
     * Prepares for models of one kind of input.
     *
     * @param inputs {@code [n, c, h, w]}, at least one, on which answers are compared; asked for
     *     only if the model's code can be followed
     * @param work existing folder for temporary files
     */
    public Shrinker(Supplier<FloatTensor> inputs, Path work) {
        this.inputs = inputs;
        this.work = work;
    }

    /**
     * Writes the archive without the channels it can do without, if there are any and it then
     * answers the same.
     *
     * @param out written only if the result {@link Shrinking#isShrunk}; may be the source
     * @throws AuditException {@code BAD_ARCHIVE} if the source cannot be loaded; {@code BAD_DATA}
     *     if it does not take the inputs
     */
    public Shrinking shrink(Path source, Path out) {
        Path candidate = work.resolve("shrink-" + UUID.randomUUID() + ".pt");
        try {
            return compared(planned(source, candidate), source, candidate, out);
        } catch (Untappable e) {
            return Shrinking.none("its code cannot be followed: " + e.reason());
        } catch (IOException e) {
            throw new AuditException(ErrorCode.RESOURCE_EXHAUSTED, work + ": " + e, e);
        } finally {
            delete(candidate);
        }
    }

    private static ShrinkPlan planned(Path source, Path candidate) throws IOException, Untappable {
        try (Archive archive = Archive.open(source)) {
            ShrinkPlan plan = ShrinkPlan.of(archive);
            if (!plan.isEmpty()) {
                plan.write(archive, candidate);
            }
            return plan;
        }
    }

    private Shrinking compared(ShrinkPlan plan, Path source, Path candidate, Path out)
            throws IOException {
        FloatTensor compared = inputs.get();
        Answer before = answer(source, compared);
        if (plan.isEmpty()) {
            return Shrinking.of(plan, before.size());
        }
        if (before.logits().rows() != compared.rows()) { // sizes in the code mean something else
            return Shrinking.of(plan, before.size())
                    .refused(before.logits() + " for " + compared.rows() + " samples");
        }
        try {
            Answer after = answer(candidate, compared);
            LogitComparison check = LogitComparison.of(before.logits(), after.logits());
            if (check.isEqual()) {
                Files.move(candidate, out, StandardCopyOption.REPLACE_EXISTING);
            }
            return Shrinking.of(plan, before.size(), after.size(), check);
        } catch (AuditException e) { // what we wrote does not run: as bad as other answers
            return Shrinking.of(plan, before.size()).refused("it would not run: " + e.getMessage());
        }
    }

    private record Answer(ModelSize size, FloatTensor logits) {}

    private Answer answer(Path archive, FloatTensor compared) throws IOException {
        try (ForwardRun run = ForwardRun.load(archive, work)) {
            FloatTensor logits = run.logits(compared);
            long operations = 2 * run.multiplications(compared);
            return new Answer(
                    new ModelSize(parameters(archive), Files.size(archive), operations), logits);
        }
    }

    private static long parameters(Path file) throws IOException {
        try (Archive archive = Archive.open(file)) {
            return archive.parameters().stream().mapToLong(StoredTensor::size).sum();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new AuditException(ErrorCode.INTERNAL, file + ": cannot be deleted: " + e, e);
        }
    }
}
