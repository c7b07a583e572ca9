package org.plumbline.cli;

import com.google.protobuf.ByteString;

import org.plumbline.cli.client.WorkerClient;
import org.plumbline.cli.terminal.Progress;
import org.plumbline.cli.terminal.TapFolder;
import org.plumbline.core.tensor.NpyFile;
import org.plumbline.proto.v1.CheckFairwashingRequest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A check that a worker does. What is uploaded for it besides archives is removed again. Confined
 * to one thread.
 *
 * @param clean clean inputs; empty: the inputs themselves
 * @param reference a trusted version; empty: none
 * @param nullFile of fairwash calibrate; empty: none
 * @param methods asked for; empty: all
 */
record RemoteCheck(
        Path archive,
        Path inputs,
        Optional<Path> clean,
        Optional<Path> reference,
        Optional<Path> nullFile,
        List<String> methods,
        double level) {
    CheckResult run(WorkerClient client, Progress progress) throws IOException {
        String id = "datasets/check-" + UUID.randomUUID();
        Optional<String> cleanId = clean.map(file -> id + "-clean");
        try {
            progress.say("uploading");
            upload(client, id, inputs);
            if (clean.isPresent()) {
                upload(client, cleanId.orElseThrow(), clean.orElseThrow());
            }
            return CheckResult.of(
                    client.checkFairwashing(
                            request(client, id, cleanId),
                            p ->
                                    progress.show(
                                            p.getModel(),
                                            p.getStep(),
                                            p.getSteps(),
                                            p.getPhase())));
        } finally {
            progress.done();
            client.discardDataset(id);
            cleanId.ifPresent(client::discardDataset);
        }
    }

    private CheckFairwashingRequest request(
            WorkerClient client, String dataset, Optional<String> cleanDataset) throws IOException {
        CheckFairwashingRequest.Builder request =
                CheckFairwashingRequest.newBuilder()
                        .setArchiveSha256(client.uploadArchive(archive))
                        .setDataset(dataset)
                        .addAllMethods(methods)
                        .setLevel(level);
        cleanDataset.ifPresent(request::setCleanDataset);
        if (reference.isPresent()) {
            request.setReferenceSha256(client.uploadArchive(reference.orElseThrow()));
        }
        if (nullFile.isPresent()) {
            request.setNullFile(ByteString.copyFrom(Files.readAllBytes(nullFile.orElseThrow())));
        }
        return request.build();
    }

    /** Sends inputs as a data set; nobody looks at its labels. */
    private static void upload(WorkerClient client, String name, Path inputs) throws IOException {
        int rows = InputArray.read(inputs).rows();
        Path folder = Files.createTempDirectory("plumbline");
        try {
            Files.copy(inputs, folder.resolve("inputs.npy"));
            NpyFile.write(folder.resolve("labels.npy"), new long[rows]);
            client.uploadDataset(name, folder);
        } finally {
            TapFolder.delete(folder);
        }
    }
}
