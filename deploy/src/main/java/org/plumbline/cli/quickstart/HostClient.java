package org.plumbline.cli.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.plumbline.core.error.AuditException;
import org.plumbline.core.error.ErrorCode;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** HTTP client of a model server. Thread-safe. */
public final class HostClient {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;

    /** Makes a client of a server on this machine. */
    public HostClient(int port) {
        base = URI.create("http://127.0.0.1:" + port);
    }

    /** Returns the class a model finds most likely for a PNG file. */
    String classify(String model, byte[] png) throws IOException, InterruptedException {
        byte[] answer = predict(model, "image/png", png);
        JsonNode top = MAPPER.readTree(answer).path(0).path("className");
        if (!top.isTextual()) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    "prediction: "
                            + new String(answer, StandardCharsets.UTF_8)
                            + " (expected: a list of classes)");
        }
        return top.textValue();
    }

    /**
     * Returns a model's answer.
     *
     * @throws AuditException {@code UNAVAILABLE} if the status is not 2xx
     */
    public byte[] predict(String model, String type, byte[] body)
            throws IOException, InterruptedException {
        return send(
                request("/predictions/" + model)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build());
    }

    /** Returns a page as text. */
    public String text(String path) throws IOException, InterruptedException {
        return new String(send(request(path).GET().build()), StandardCharsets.UTF_8);
    }

    /** Returns a page as JSON. */
    public JsonNode json(String path) throws IOException, InterruptedException {
        return MAPPER.readTree(text(path));
    }

    /** Sends JSON and returns the answer. */
    public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return MAPPER.readTree(
                send(
                        request(path)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build()));
    }

    /** Deletes what a path names. */
    public void delete(String path) throws IOException, InterruptedException {
        send(request(path).DELETE().build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(PATIENCE);
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() / 100 != 2) {
            throw new AuditException(
                    ErrorCode.UNAVAILABLE,
                    request.uri().getPath()
                            + ": "
                            + answer.statusCode()
                            + " "
                            + new String(answer.body(), StandardCharsets.UTF_8).strip()
                            + " (expected: 2xx)");
        }
        return answer.body();
    }
}
