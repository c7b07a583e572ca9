package org.plumbline.worker.correction;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.tap.TrainableModel;
import org.plumbline.core.torchscript.Archive;
import org.plumbline.core.torchscript.ModuleNode;
import org.plumbline.core.torchscript.StoredTensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The layer whose output the last linear layer reads. */
final class FeatureLayer {
    private static final Logger LOG = LoggerFactory.getLogger(FeatureLayer.class);

    private FeatureLayer() {}

    /**
     * Loads a model that hands out its features: at the task's layer, else at the last leaf module
     * declared before the last linear layer that can be tapped.
     *
     * @throws AuditException {@code INVALID_ARGUMENT} if no layer is given and none is found
     */
    static TrainableModel load(CorrectionRun run, TrainingPlan plan) {
        Optional<LayerPath> given = run.task().layer();
        if (given.isPresent()) {
            return run.load(plan.tapping(given.get()));
        }
        for (LayerPath layer : candidates(run.archive())) {
            try {
                TrainableModel model = run.load(plan.tapping(layer));
                LOG.info("features: output of {}", layer);
                return model;
            } catch (AuditException e) {
                if (e.code() != ErrorCode.LAYER_NOT_TAPPABLE) {
                    throw e;
                }
                LOG.debug("{} gives no features: {}", layer, e.getMessage());
            }
        }
        throw AuditException.of(
                ErrorCode.INVALID_ARGUMENT,
                "layer",
                "none found before the last linear layer",
                "the layer whose output that one reads");
    }

    private static List<LayerPath> candidates(Archive archive) {
        List<String> paths = archive.modules().stream().map(ModuleNode::path).toList();
        List<LayerPath> before = new ArrayList<>();
        for (String path : paths.subList(0, Math.max(0, paths.indexOf(lastLinear(archive))))) {
            boolean leaf = paths.stream().noneMatch(p -> p.startsWith(path + "."));
            if (leaf && !path.isEmpty()) {
                before.add(new LayerPath(path));
            }
        }
        Collections.reverse(before);
        return before;
    }

    private static String lastLinear(Archive archive) {
        return archive.parameters().stream()
                .filter(p -> p.shape().size() == 2 && p.name().endsWith(".weight"))
                .map(StoredTensor::name)
                .reduce((a, b) -> b)
                .map(name -> name.substring(0, name.lastIndexOf('.')))
                .orElse("");
    }
}
