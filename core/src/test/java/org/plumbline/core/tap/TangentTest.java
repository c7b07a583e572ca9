package org.plumbline.core.tap;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.core.instrument.TrainingPlan;
import org.plumbline.core.model.LayerPath;
import org.plumbline.core.torchscript.TestArchives;

import java.nio.file.Path;
import java.util.List;

/** Which layers moves can be carried to. */
class TangentTest {
    @TempDir Path folder;

    @Test
    void aCutInsideTheProbeOrWithABypassIsRefused() {
        assertThatThrownBy(() -> loadResnet("layer3", "layer4.1.conv1"))
                .hasMessageContaining("1 other tensors reach the layers behind it");
        assertThatThrownBy(() -> loadResnet("layer4", "layer4.1.relu"))
                .hasMessageContaining("at or inside the tapped layer");
    }

    private TrainableModel loadResnet(String probe, String cut) {
        TrainingPlan plan =
                TrainingPlan.live(List.of("fc.weight"))
                        .splitAt(new LayerPath(cut))
                        .withTangentsOf(new LayerPath(probe));
        return TrainableModel.load(
                TestArchives.reference("resnet18.script"), plan, folder, Device.cpu());
    }
}
