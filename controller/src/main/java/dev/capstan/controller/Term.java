package dev.capstan.controller;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;

/**
 * The time in which a controller may write: as long as nobody else can hold its Lease. It ends by itself, on a clock that is
 * never set (System.nanoTime), and a write after its end is refused before it is sent, wherever in the controller it comes
 * from; so a process that was stopped, and goes on when another has taken over, changes nothing.
 */
final class Term implements Interceptor {

    private volatile long end;

    /**
     * A term.
     *
     * @param end when it ends, of {@link System#nanoTime()}
     */
    Term(long end) {
        this.end = end;
    }

    /** From now on it ends then. */
    void extend(long then) {
        end = then;
    }

    /** It ends now. */
    void end() {
        end = System.nanoTime();
    }

    boolean isOver() {
        return System.nanoTime() - end >= 0;
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (!request.method().equals("GET") && isOver()) {
            throw new KubernetesClientException("this controller no longer holds the Lease; it writes nothing more ("
                    + request.method() + " " + request.uri().getPath() + ")");
        }
    }
}
