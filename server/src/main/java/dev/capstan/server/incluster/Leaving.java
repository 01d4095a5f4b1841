package dev.capstan.server.incluster;

import dev.capstan.controller.Farewell;
import dev.capstan.server.home.StartException;
import dev.capstan.server.incluster.HealthServer.Health;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code capstan controller --uninstall}: in the controller's place and with its rights, takes from Nodes what controllers write
 * there, and is ready once that is done. Looks again for as long as it runs: a controller that ends only now may write once more.
 */
final class Leaving {

    private static final Logger LOG = LoggerFactory.getLogger(Leaving.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Access access;
    private volatile Health ready = new Health(false, "not every node was looked at yet");

    Leaving(Access access) {
        this.access = access;
    }

    /** Runs until the process is ended. */
    void run(@Nullable Listen health) throws StartException, InterruptedException {
        try (HealthServer _ =
                health == null ? null : HealthServer.start(health, () -> new Health(true, "ok"), () -> ready)) {
            while (true) {
                round();
                Thread.sleep(AGAIN);
            }
        }
    }

    private void round() {
        try {
            int nodes = Farewell.take(access.read());
            if (nodes > 0) {
                LOG.info("{} nodes had the condition or the taint of Capstan, and have neither any more", nodes);
            }
            if (!ready.is()) {
                LOG.info("nothing of Capstan is left on the Nodes of the cluster");
            }
            ready = new Health(true, "ok: nothing of Capstan is left on Nodes");
        } catch (IOException | KubernetesClientException e) {
            LOG.warn("not done yet: {}; tried again in {} s", e.getMessage(), AGAIN.toSeconds());
            ready = new Health(false, "not done yet: " + e.getMessage());
        }
    }
}
