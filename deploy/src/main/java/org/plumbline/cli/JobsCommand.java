package org.plumbline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.protobuf.util.Timestamps;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.ExitCode;
import org.plumbline.cli.terminal.Jobs;
import org.plumbline.cli.terminal.Output;
import org.plumbline.proto.v1.Correction;
import org.plumbline.proto.v1.ListCorrectionsRequest;
import org.plumbline.proto.v1.ListCorrectionsResponse;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.concurrent.Callable;

/** Lists corrections, newest first. Confined to one thread. */
@Command(name = "jobs", description = "List a worker's corrections, newest first.")
final class JobsCommand implements Callable<Integer> {
    private static final int PAGE = 100;

    @Mixin private Output output = new Output();
    @Mixin private WorkerOption worker = new WorkerOption();

    @Option(names = "--model", defaultValue = "", description = "Only jobs of this model.")
    private String model = "";

    @Option(
            names = "--limit",
            defaultValue = "50",
            description = "At most so many (default: ${DEFAULT-VALUE}).")
    private int limit = 50;

    @Override
    public Integer call() throws IOException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: >= 1)");
        }
        ArrayNode jobs = Output.object().putArray("jobs");
        try (WorkerClient client = worker.open()) {
            String page = "";
            do {
                ListCorrectionsResponse answer = client.list(request(page));
                answer.getCorrectionsList().stream()
                        .limit((long) limit - jobs.size())
                        .forEach(job -> row(jobs, job));
                page = answer.getNextPageToken();
            } while (!page.isEmpty() && jobs.size() < limit);
        }
        output.result(jobs);
        return ExitCode.DONE;
    }

    private ListCorrectionsRequest request(String page) {
        return ListCorrectionsRequest.newBuilder()
                .setPageSize(Math.min(limit, PAGE))
                .setPageToken(page)
                .setModelName(model)
                .build();
    }

    private static void row(ArrayNode jobs, Correction job) {
        jobs.addObject()
                .put("name", job.getName())
                .put("state", Jobs.state(job))
                .put("model", job.getSpec().getModelName())
                .put("method", job.getSpec().getMethod())
                .put("created", Timestamps.toString(job.getCreateTime()))
                .put("phase", job.getProgress().getPhase())
                .put("error", job.getError())
                .put("warnings", String.join("; ", job.getWarningsList()));
    }
}
