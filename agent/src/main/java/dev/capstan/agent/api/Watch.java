package dev.capstan.agent.api;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one object of the API by its name, on a thread and a connection of its own.
 *
 * <p>The way: connect, make sure of the cluster, list (once), watch from the list's version; whenever a watch ends, watch
 * on from the last version seen, bookmarks included; list anew only where the server says that this version is gone, or
 * answered with something that cannot be gone on from. A server that ends a watch, or is silent for longer than the time
 * between two bookmarks, is normal: the next connection goes on. Failures are met with {@link Backoff}.
 *
 * <p>Invariants: no news without a successful list or watch of the pinned cluster, so "absent" is always its word. Half
 * an event, a list without its marks and garbage are failures, never news. After {@link #close()} returns no news comes.
 *
 * @param <T> what is made of the object
 */
public final class Watch<T> implements AutoCloseable {

    /** Bookmarks come once a minute (kube-apiserver, cacher); a watch silent for longer than two is dead. */
    static final int SILENCE_MILLIS = 150_000;

    private static final int MIN_WATCH_SECONDS = 240;
    private static final int MAX_WATCH_SECONDS = 300;

    /** A watch that lasted this long was a success; one that ends sooner is answered with waiting. */
    private static final long LASTING_NANOS = 1_000_000_000L;

    private final Api api;
    private final String what;
    private final String path;
    private final String name;
    private final ObjectReader<Found<T>> reader;
    private final Consumer<Sighting<T>> news;
    private final Backoff backoff = new Backoff();
    private final Complaints complaints = new Complaints();
    private final Thread thread;
    private String resume = "";
    private @Nullable Connection connection;
    private boolean closed;

    private Watch(
            Api api,
            String what,
            String collection,
            String name,
            ObjectReader<Found<T>> reader,
            Consumer<Sighting<T>> news) {
        this.api = api;
        this.what = what;
        this.path = collection + "?fieldSelector=metadata.name%3D" + name;
        this.name = name;
        this.reader = reader;
        this.news = news;
        this.thread = Thread.ofPlatform().name("watch " + what).daemon().unstarted(this::run);
    }

    /** A watch of the node's own NodeTrust; not started. */
    public static Watch<TrustObject> ofNodeTrust(Api api, String node, Consumer<Sighting<TrustObject>> news) {
        return new Watch<>(
                api,
                "NodeTrust " + node,
                "/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL,
                node,
                TrustObject::read,
                news);
    }

    /** A watch of the user's one Secret; not started. */
    public static Watch<SecretObject> ofSecret(Api api, Consumer<Sighting<SecretObject>> news) {
        return new Watch<>(
                api,
                "Secret " + Names.SECRET_NAMESPACE + "/" + Names.SECRET_NAME,
                "/api/v1/namespaces/" + Names.SECRET_NAMESPACE + "/secrets",
                Names.SECRET_NAME,
                SecretObject::read,
                news);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Ends at once, whatever it waits for. No news comes after this. */
    @Override
    public synchronized void close() {
        closed = true;
        if (connection != null) {
            connection.abort();
        }
        notifyAll();
    }

    private void run() {
        while (!isClosed()) {
            try (Connection opened = api.connect()) {
                if (use(opened)) {
                    follow(opened);
                }
            } catch (IOException | RuntimeException failure) {
                failed(failure);
            }
        }
    }

    /** Lists where needed and watches, again and again, while the connection can be used. */
    private void follow(Connection opened) throws IOException {
        boolean verified = true;
        boolean reusable = true;
        while (reusable && !isClosed()) {
            if (!verified) {
                api.verify(opened);
            }
            verified = false;
            if (resume.isEmpty()) {
                list(opened);
            }
            long begun = System.nanoTime();
            Answer answer = api.send(opened, Request.get(watchPath()), SILENCE_MILLIS);
            complaints.over("following " + what + " again at " + api.endpoint());
            try {
                events(answer);
                reusable = opened.reusableAfter(answer);
            } finally {
                if (System.nanoTime() - begun >= LASTING_NANOS) {
                    backoff.reset();
                }
            }
            if (System.nanoTime() - begun < LASTING_NANOS) {
                pause(backoff.afterFailure());
            }
        }
    }

    private void list(Connection opened) throws IOException {
        Answer answer = api.send(opened, Request.get(path), Connection.ANSWER_MILLIS);
        ObjectList<T> list = Json.whole(answer.body().all(), json -> ObjectList.read(json, reader));
        T object = list.named(name);
        tell(object == null ? new Sighting.Absent<>() : new Sighting.Present<>(object));
        resume = list.resourceVersion();
    }

    private void events(Answer answer) throws IOException {
        Lines lines = new Lines(answer.body());
        for (byte[] line = lines.next(); line != null && !isClosed(); line = lines.next()) {
            String type = WatchEvent.type(line);
            switch (type) {
                case "ADDED", "MODIFIED" -> {
                    Found<T> found = WatchEvent.object(line, reader);
                    heard(found.metadata(), new Sighting.Present<>(found.object()));
                }
                case "DELETED" -> heard(WatchEvent.object(line, Metadata::within), new Sighting.Absent<>());
                case "BOOKMARK" -> resume = version(WatchEvent.object(line, Metadata::within));
                case "ERROR" -> throw WatchEvent.object(line, WatchEvent::refusal);
                default -> throw new MalformedAnswerException("an event of the unknown type " + Answer.printable(type));
            }
        }
    }

    private void heard(Metadata metadata, Sighting<T> sighting) throws MalformedAnswerException {
        String version = version(metadata);
        if (metadata.name().equals(name)) {
            tell(sighting);
        }
        resume = version;
    }

    private static String version(Metadata metadata) throws MalformedAnswerException {
        if (metadata.resourceVersion().isEmpty()) {
            throw new MalformedAnswerException("an event without a resourceVersion");
        }
        return metadata.resourceVersion();
    }

    private void failed(Exception failure) {
        if (isClosed()) {
            return;
        }
        if (failure instanceof RefusedException || failure instanceof MalformedAnswerException) {
            resume = "";
        }
        long wait = backoff.afterFailure();
        switch (failure) {
            case RefusedException refused when refused.expired() -> {
                // Normal: the server keeps only so much of the past.
            }
            case RefusedException refused
            when refused.forbidden() -> {
                wait = backoff.afterRefusal();
                complaints.say(
                        Level.ERROR,
                        "not allowed to follow " + what + ", so nothing of it is taken up and what is there is kept: "
                                + refused.getMessage() + ". The node's service account lacks the right; see its role");
            }
            case RefusedException refused -> {
                wait = Math.max(wait, 1000L * refused.retryAfterSeconds());
                complaints.say(Level.WARNING, away(refused));
            }
            case ForeignClusterException foreign -> {
                wait = backoff.afterRefusal();
                complaints.say(Level.ERROR, foreign.getMessage() + "");
            }
            default -> complaints.say(Level.WARNING, away(failure));
        }
        pause(wait);
    }

    private String away(Exception failure) {
        return "API away: cannot follow " + what + " at " + api.endpoint()
                + ", keeping what is there and trying again: "
                + (failure instanceof IOException ? failure.getMessage() : failure);
    }

    private String watchPath() {
        int seconds = ThreadLocalRandom.current().nextInt(MIN_WATCH_SECONDS, MAX_WATCH_SECONDS);
        return path + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=" + seconds + "&resourceVersion=" + resume;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Makes the connection the one that {@link #close()} ends; answers whether that has not happened yet. */
    private synchronized boolean use(Connection opened) {
        connection = opened;
        return !closed;
    }

    private synchronized void tell(Sighting<T> sighting) {
        if (!closed) {
            news.accept(sighting);
        }
    }

    private synchronized void pause(long millis) {
        long until = System.nanoTime() + millis * 1_000_000L;
        try {
            for (long left = millis; left > 0 && !closed; left = (until - System.nanoTime()) / 1_000_000L) {
                wait(left);
            }
        } catch (InterruptedException asked) {
            closed = true;
        }
    }
}
