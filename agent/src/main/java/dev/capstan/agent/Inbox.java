package dev.capstan.agent;

import dev.capstan.agent.api.SecretObject;
import dev.capstan.agent.api.Sighting;
import dev.capstan.agent.api.TrustObject;
import dev.capstan.agent.proof.Proofs;
import org.jspecify.annotations.Nullable;

/**
 * What the watches have seen and the loop has not taken yet: of each object the newest only, so that a burst of events is
 * one piece of work, and what comes in during work is exactly one more. The same for the node's own files.
 */
final class Inbox {

    private @Nullable Sighting<TrustObject> trust;
    private @Nullable Sighting<SecretObject> secret;
    private Proofs.@Nullable Round round;
    private boolean touched;
    private boolean stopped;

    /**
     * What is new.
     *
     * @param trust the NodeTrust; absent where nothing new was seen of it
     * @param secret the Secret; absent where nothing new was seen of it
     * @param round the round of proofs that has ended; absent where none has
     * @param touched whether somebody, perhaps we, changed the node's trust store or its runtime's configuration
     */
    record News(
            @Nullable Sighting<TrustObject> trust,
            @Nullable Sighting<SecretObject> secret,
            Proofs.@Nullable Round round,
            boolean touched) {}

    synchronized void trust(Sighting<TrustObject> seen) {
        trust = seen;
        notifyAll();
    }

    synchronized void secret(Sighting<SecretObject> seen) {
        secret = seen;
        notifyAll();
    }

    /** One at a time; the next begins when this one is taken. */
    synchronized void proven(Proofs.Round ended) {
        round = ended;
        notifyAll();
    }

    synchronized void touched() {
        touched = true;
        notifyAll();
    }

    /** Forgets what was seen of the Secret: it is not followed any more. */
    synchronized void dropSecret() {
        secret = null;
    }

    /** Waits for news until the time of {@link System#nanoTime()} comes, and takes what there is. */
    synchronized News take(long untilNanos) throws InterruptedException {
        while (trust == null && secret == null && round == null && !touched && !stopped) {
            long left = (untilNanos - System.nanoTime()) / 1_000_000L;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        News news = new News(trust, secret, round, touched);
        trust = null;
        secret = null;
        round = null;
        touched = false;
        return news;
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    synchronized boolean stopped() {
        return stopped;
    }
}
