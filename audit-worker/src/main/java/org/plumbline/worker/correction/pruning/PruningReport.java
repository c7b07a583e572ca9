package org.plumbline.worker.correction.pruning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.worker.training.TrainingListener;
import org.plumbline.worker.training.TrainingStep;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of a model its masks keep, by tensor and in all. Immutable.
 *
 * @param weights every masked tensor, at least one
 */
public record PruningReport(List<KeptWeights> weights) {
    private static final Logger LOG = LoggerFactory.getLogger(PruningReport.class);
    private static final String FILE = "pruning.json";

    /** Copies the list. */
    public PruningReport {
        weights = List.copyOf(weights);
    }

    /** Returns the share kept of all masked weights, in [0, 1]. */
    public double ratio() {
        long kept = weights.stream().mapToLong(KeptWeights::kept).sum();
        return (double) kept / weights.stream().mapToLong(KeptWeights::size).sum();
    }

    /** Tells of phase {@code pruned}: {@code kept}, and {@code kept/TENSOR} for each. */
    public void tell(TrainingListener listener) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        weights.forEach(weight -> ratios.put("kept/" + weight.tensor(), weight.ratio()));
        ratios.put("kept", ratio());
        LOG.info("kept: {} of the masked weights", ratio());
        listener.onStep(TrainingStep.finding("pruned", ratios));
    }

    /** Returns one line for each tensor of which nothing is left. */
    public List<String> warnings() {
        return weights.stream()
                .filter(weight -> weight.kept() == 0)
                .map(
                        weight ->
                                weight.tensor()
                                        + ": every weight is pruned; try a smaller lambda_sparse"
                                        + " or fewer mask_steps")
                .toList();
    }

    /**
     * Writes {@code pruning.json} into a folder, which is made.
     *
     * @throws AuditException {@code RESOURCE_EXHAUSTED} if it cannot be written
     */
    public void write(Path folder) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = mapper.createObjectNode();
        json.put("kept_ratio", ratio());
        ArrayNode tensors = json.putArray("tensors");
        for (KeptWeights weight : weights) {
            tensors.addObject()
                    .put("name", weight.tensor())
                    .put("kept", weight.kept())
                    .put("size", weight.size())
                    .put("kept_ratio", weight.ratio());
        }
        try {
            Files.createDirectories(folder);
            mapper.writerWithDefaultPrettyPrinter().writeValue(folder.resolve(FILE).toFile(), json);
        } catch (IOException e) {
            throw new AuditException(
                    ErrorCode.RESOURCE_EXHAUSTED, folder + ": cannot be written: " + e, e);
        }
    }
}
