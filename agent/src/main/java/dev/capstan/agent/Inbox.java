package dev.capstan.agent;

import dev.capstan.agent.api.SecretObject;
import dev.capstan.agent.api.Sighting;
import dev.capstan.agent.api.TrustObject;
import dev.capstan.agent.proof.HostDirectoryProofs;
import dev.capstan.agent.proof.Proofs;
import org.jspecify.annotations.Nullable;

/**
 * What the watches have seen and the loop has not taken yet: of each object the newest only, so that a burst of events is
 * one piece of work, and what comes in during work is exactly one more. The same for the node's own files. What is read of
 * the API may also be gathered for a moment, so that a burst that goes on for longer than one piece of work is few of them.
 */
final class Inbox {

    private @Nullable Sighting<TrustObject> trust;
    private @Nullable Sighting<SecretObject> secret;
    private Proofs.@Nullable Round round;
    private HostDirectoryProofs.@Nullable Round directories;
    private boolean touched;
    private boolean stopped;

    /**
     * What is new.
     *
     * @param trust the NodeTrust; absent where nothing new was seen of it
     * @param secret the Secret; absent where nothing new was seen of it
     * @param round the round of proofs that has ended; absent where none has
     * @param directories the round of host directories that has ended; absent where none has
     * @param touched whether somebody, perhaps we, changed the node's trust store or its runtime's configuration
     */
    record News(
            @Nullable Sighting<TrustObject> trust,
            @Nullable Sighting<SecretObject> secret,
            Proofs.@Nullable Round round,
            HostDirectoryProofs.@Nullable Round directories,
            boolean touched) {

        /** Whether there is none. */
        boolean isNothing() {
            return !touched && isFromNobody();
        }

        /** Whether there is none but that the node's own files were changed. */
        boolean isTouchAlone() {
            return touched && isFromNobody();
        }

        private boolean isFromNobody() {
            return trust == null && secret == null && round == null && directories == null;
        }
    }

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

    /** One at a time; the next begins when this one is taken. */
    synchronized void proven(HostDirectoryProofs.Round ended) {
        directories = ended;
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
    News take(long untilNanos) throws InterruptedException {
        return take(untilNanos, System.nanoTime());
    }

    /** The same; what the watches see is gathered until {@code gatherNanos} and left where it is if something else comes before. */
    synchronized News take(long untilNanos, long gatherNanos) throws InterruptedException {
        while (round == null && directories == null && !touched && !stopped) {
            boolean seen = trust != null || secret != null;
            long until = seen && gatherNanos - untilNanos < 0 ? gatherNanos : untilNanos;
            long left = until - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wait(left / 1_000_000L + 1);
        }
        boolean gathered = System.nanoTime() - gatherNanos >= 0;
        News news = new News(gathered ? trust : null, gathered ? secret : null, round, directories, touched);
        if (gathered) {
            trust = null;
            secret = null;
        }
        round = null;
        directories = null;
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
