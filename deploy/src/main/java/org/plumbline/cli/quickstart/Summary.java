package org.plumbline.cli.quickstart;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.plumbline.cli.terminal.Jobs;
import org.plumbline.cli.terminal.Output;
import org.plumbline.cli.terminal.Version;
import org.plumbline.proto.v1.Correction;

import java.util.List;

/**
 * Everything a run measured. Immutable.
 *
 * @param training the job that made the biased model
 * @param correction the job that repaired it
 * @param before answers and live numbers of the biased model
 * @param after the same of the repaired one
 * @param steps how long each step took
 */
record Summary(
        Correction training,
        Correction correction,
        Measured before,
        Measured after,
        List<Step> steps) {
    Summary {
        steps = List.copyOf(steps);
    }

    /** What one served model showed. */
    record Measured(Traffic.Answers answers, LiveNumbers live) {}

    /** One step of the run. */
    record Step(String name, double seconds) {}

    /** Returns the whole as JSON. */
    ObjectNode json() {
        ObjectNode root = Output.object().put("plumbline", Version.text());
        root.put("cpus", Runtime.getRuntime().availableProcessors());
        root.put("target_class", FashionBias.CLASSES.get(FashionBias.TARGET));
        root.put("layer", ModelFolder.LAYER).put("concept", FashionBias.CONCEPT);
        measured(root.putObject("before"), before);
        measured(root.putObject("after"), after);
        root.set("evaluation_before", Jobs.json(correction.getBefore()));
        root.set("evaluation_after", Jobs.json(correction.getAfter()));
        root.set("gate", Jobs.json(correction.getGate()));
        correction.getWarningsList().forEach(root.putArray("warnings")::add);
        root.set("training", Jobs.json(training.getSpec()));
        root.set("correction", Jobs.json(correction.getSpec()));
        root.put("checkpoint_sha256", correction.getCheckpoint().getSha256());
        ObjectNode seconds = root.putObject("seconds");
        steps.forEach(step -> seconds.put(step.name(), step.seconds()));
        return root;
    }

    private static void measured(ObjectNode node, Measured measured) {
        Traffic.Answers answers = measured.answers();
        LiveNumbers live = measured.live();
        node.put("images_sent", 2 * answers.images())
                .put("clean_accuracy", answers.accuracy())
                .put("artifact_accuracy", answers.markedAccuracy())
                .put("artifact_answered_as_target", answers.markedAsTarget())
                .put("tcav_score", live.score())
                .put("tcav_score_lower", live.lower())
                .put("tcav_score_upper", live.upper())
                .put("sensitivity", live.sensitivity())
                .put("sensitivity_abs", live.magnitude())
                .put("audited_samples", live.audited());
    }

    /** Returns {@link #rows} as a tree. */
    ArrayNode table() {
        ArrayNode table = Output.object().putArray("rows");
        for (Row row : rows()) {
            table.addObject()
                    .put("number", row.name())
                    .put("before", row.before())
                    .put("after", row.after());
        }
        return table;
    }

    /** Returns the numbers people compare: name, before, after. */
    List<Row> rows() {
        var was = correction.getBefore();
        var is = correction.getAfter();
        return List.of(
                new Row(
                        "answers over HTTP: accuracy without the artifact",
                        before.answers().accuracy(),
                        after.answers().accuracy()),
                new Row(
                        "answers over HTTP: accuracy with the artifact",
                        before.answers().markedAccuracy(),
                        after.answers().markedAccuracy()),
                new Row(
                        "answers over HTTP: artifact images called T-shirt",
                        before.answers().markedAsTarget(),
                        after.answers().markedAsTarget()),
                new Row(
                        "/metrics: TCAV score of the artifact",
                        before.live().score(),
                        after.live().score()),
                new Row(
                        "/metrics: mean |sensitivity| to the artifact",
                        before.live().magnitude(),
                        after.live().magnitude()),
                new Row("worker: clean accuracy", was.getCleanAccuracy(), is.getCleanAccuracy()),
                new Row(
                        "worker: accuracy with the artifact",
                        was.getBiasedAccuracy(),
                        is.getBiasedAccuracy()),
                new Row(
                        "worker: worst-group accuracy",
                        was.getWorstGroupAccuracy(),
                        is.getWorstGroupAccuracy()),
                new Row("worker: TCAV score", was.getTcavScore(), is.getTcavScore()),
                new Row("worker: TCAV sensitivity", was.getSensitivity(), is.getSensitivity()));
    }

    /** One line of the table. */
    record Row(String name, double before, double after) {}
}
