package dev.capstan.server;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What answers on the Kubernetes API's port besides it. The ARM façade is a client of that API and has to know its port,
 * so it comes a moment later; until then everybody is asked to try again.
 */
final class BesideKubernetes implements Handler {

    private static final byte[] NOT_YET = """
            {"error":{"code":"ServiceUnavailable","message":"The server is starting; try again in a moment."}}""".getBytes(StandardCharsets.UTF_8);

    private volatile @Nullable Handler arm;

    void set(Handler handler) {
        arm = handler;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws Exception {
        Handler handler = arm;
        if (handler != null) {
            handler.handle(request, response);
            return;
        }
        response.status(503);
        response.header(HeaderNames.RETRY_AFTER, "1");
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.send(NOT_YET);
    }
}
