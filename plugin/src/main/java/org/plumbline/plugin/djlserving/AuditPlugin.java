package org.plumbline.plugin.djlserving;

import ai.djl.serving.plugins.RequestHandler;
import ai.djl.serving.util.NettyUtils;
import ai.djl.serving.wlm.util.EventManager;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;

import org.jspecify.annotations.Nullable;
import org.plumbline.plugin.config.PluginVersion;
import org.plumbline.plugin.config.ServerConfigLoader;
import org.plumbline.plugin.host.AuditRuntime;
import org.plumbline.plugin.http.AuditRequest;
import org.plumbline.plugin.http.AuditResponse;
import org.plumbline.plugin.http.AuditRoutes;
import org.plumbline.plugin.metrics.AuditMeters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Entry into DJL Serving: made by the server while it loads plugins, before any model. Registers
 * the listener that attaches to models, and answers {@code /audit}. Nothing is ever thrown at the
 * server: a plugin that cannot start leaves it serving. Thread-safe.
 */
public final class AuditPlugin implements RequestHandler<Void> {
    private static final Logger LOG = LoggerFactory.getLogger(AuditPlugin.class);
    private static final int THREADS = 2;
    private static final int WAITING = 64;

    private final Optional<AuditRuntime> runtime;
    private final ExecutorService answering;

    /** Starts the plugin; called by the server by name. */
    public AuditPlugin() {
        runtime = start();
        answering =
                new ThreadPoolExecutor(
                        THREADS,
                        THREADS,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(WAITING),
                        task -> {
                            Thread thread = new Thread(task, "plumbline-http");
                            thread.setDaemon(true);
                            return thread;
                        });
        runtime.ifPresent(r -> EventManager.getInstance().addListener(new ModelEvents(r)));
    }

    private static Optional<AuditRuntime> start() {
        try {
            Path home = Path.of(System.getProperty("user.home", "."));
            AuditMeters meters = AuditMeters.shared(PluginVersion.current());
            return Optional.of(
                    AuditRuntime.start(ServerConfigLoader.load(System.getenv(), home), meters));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("Plumbline does not audit; models are served as they are", e);
            return Optional.empty();
        }
    }

    @Override
    public boolean acceptInboundMessage(Object message) {
        return runtime.isPresent()
                && message instanceof FullHttpRequest request
                && AuditRoutes.owns(new QueryStringDecoder(request.uri()).path());
    }

    @Override
    public @Nullable Void handleRequest(
            ChannelHandlerContext context,
            FullHttpRequest request,
            QueryStringDecoder decoder,
            String[] segments) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        String type =
                Optional.ofNullable(request.headers().get(HttpHeaderNames.CONTENT_TYPE)).orElse("");
        // the server frees the request when this returns
        AuditRequest copy =
                new AuditRequest(
                        request.method().name(),
                        decoder.path(),
                        query(decoder),
                        type,
                        ByteBufUtil.getBytes(request.content()));
        try {
            // a correction waits for the worker: never on the server's event loop
            answering.execute(() -> send(context, answer(copy), keepAlive));
        } catch (RejectedExecutionException e) {
            send(
                    context,
                    AuditResponse.problem(503, "unavailable", "too many requests"),
                    keepAlive);
        }
        return null;
    }

    private static Map<String, String> query(QueryStringDecoder decoder) {
        Map<String, String> query = new HashMap<>();
        decoder.parameters()
                .forEach((name, values) -> query.put(name, values.get(values.size() - 1)));
        return query;
    }

    private AuditResponse answer(AuditRequest request) {
        return runtime.map(r -> r.routes().handle(request))
                .orElseGet(() -> AuditResponse.problem(503, "unavailable", "not started"));
    }

    private static void send(
            ChannelHandlerContext context, AuditResponse answer, boolean keepAlive) {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(answer.status()),
                        Unpooled.wrappedBuffer(answer.body()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        NettyUtils.sendHttpResponse(context, response, keepAlive);
    }
}
