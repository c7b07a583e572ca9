package ai.djl.serving.util;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;

/** Signature only: writes answers, with the server's headers and access log. */
@SuppressWarnings("DoNotCallSuggester") // bodies are never run
public final class NettyUtils {
    private NettyUtils() {}

    /** Writes an answer. */
    public static void sendHttpResponse(
            ChannelHandlerContext context, HttpResponse response, boolean keepAlive) {
        throw new UnsupportedOperationException("signature only");
    }
}
