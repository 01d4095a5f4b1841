package dev.capstan.controller;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Kills a controller before its Nth write, to an API or to a provider: that write and everything after it never happens,
 * as after kill -9. What was under way at that moment at other threads may or may not have happened, as then.
 */
final class Kill implements Interceptor {

    private final int at;
    private final AtomicInteger writes = new AtomicInteger();
    private volatile boolean dead;
    private volatile String where = "";

    /** Dies before this write, from 1. */
    Kill(int at) {
        this.at = at;
    }

    /** Never dies, and counts. */
    static Kill never() {
        return new Kill(Integer.MAX_VALUE);
    }

    boolean isDead() {
        return dead;
    }

    int writes() {
        return writes.get();
    }

    String where() {
        return where;
    }

    void write(String what) {
        read();
        if (writes.incrementAndGet() >= at) {
            dead = true;
            where = what;
            read();
        }
    }

    void read() {
        if (dead) {
            throw new IllegalStateException("killed");
        }
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        if (request.method().equals("GET")) {
            read();
        } else {
            write(request.method() + " " + request.uri().getPath());
        }
    }
}
