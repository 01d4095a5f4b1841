package dev.capstan.server;

import dev.capstan.server.pki.ApiIdentity;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a day whether the API's server certificate is due, for as long as the control plane runs. */
final class Renewal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);
    private static final Duration INTERVAL = Duration.ofDays(1);

    private final ApiIdentity identity;
    private final Thread thread;

    private Renewal(ApiIdentity identity) {
        this.identity = identity;
        this.thread = Thread.ofVirtual().name("certificate-renewal").unstarted(this::run);
    }

    static Renewal start(ApiIdentity identity) {
        var renewal = new Renewal(identity);
        renewal.thread.start();
        return renewal;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                renew();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        try {
            if (identity.renewIfDue()) {
                LOG.info("The API has a new server certificate, of the same authority");
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("The API's server certificate could not be renewed; it is tried again in {}", INTERVAL, e);
        }
    }
}
