package ai.djl.serving.plugins;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;

import org.jspecify.annotations.Nullable;

/** Signature only: answers HTTP requests of the management pipeline. */
public interface RequestHandler<T> {
    /** Returns whether this handler answers a message. */
    boolean acceptInboundMessage(Object message);

    /** Answers a request; a null result means the answer was or will be written by the handler. */
    @Nullable T handleRequest(
            ChannelHandlerContext context,
            FullHttpRequest request,
            QueryStringDecoder decoder,
            String[] segments);
}
