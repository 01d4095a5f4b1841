package dev.capstan.agent.api;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one object of the API by its name, on a thread and a connection of its own.
 *
 * <p>The way: connect, make sure of the cluster, list (once), watch from the list's version; whenever a watch ends, watch
 * on from the last version seen, bookmarks included; list anew only where the server says that this version is gone,
 * answered with something that cannot be gone on from, or let a watch end without a single event or bookmark: a server whose
 * etcd was restored has not reached our version yet, and would be silent until it has. A server that ends a watch is normal:
 * the next goes on over the same connection. One that is silent for longer than two bookmarks are apart is left for another
 * connection. Failures are met with {@link Backoff}.
 *
 * <p>Lists are asked for without a resourceVersion, which makes the server read its etcd with a quorum and not its cache.
 *
 * <p>Invariants: no news without a successful list or watch of the pinned cluster, so "absent" is always its word. Half
 * an event, a list without its marks and garbage are failures, never news. What is older than what was told is no news, but as
 * {@link Newest} says. After {@link #close()} returns no news comes.
 *
 * @param <T> what is made of the object
 */
public final class Watch<T> implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    /** Bookmarks come once a minute (kube-apiserver, cacher); a watch silent for longer than two is dead. */
    private static final int SILENCE_MILLIS = 150_000;

    private static final int MIN_WATCH_SECONDS = 240;
    private static final int MAX_WATCH_SECONDS = 300;

    /** A watch that goes on for longer than it was asked for is one that nobody serves any more. */
    static final Connection.Patience PATIENCE =
            new Connection.Patience(SILENCE_MILLIS, (MAX_WATCH_SECONDS + 60) * 1000);

    /** A watch that lasted this long was a success; one that ends sooner is answered with waiting. */
    private static final long LASTING_NANOS = 1_000_000_000L;

    /** So long a kube-apiserver that has just started may refuse everybody, until it has read roles and accounts. */
    private static final long SETTLING_NANOS = 10_000_000_000L;

    private static final long NEVER = Long.MIN_VALUE;

    private final Api api;
    private final String what;
    private final String path;
    private final String name;
    private final ObjectReader<Found<T>> reader;
    private final Consumer<Sighting<T>> news;
    private final @Nullable ApiAway away;
    private final Connection.Patience patience;
    private final Time time;
    private final Backoff backoff = Backoff.atApi();
    private final Complaints complaints = new Complaints();
    private final Newest newest = new Newest();
    private final Thread thread;
    private String resume = "";
    private long refusedFirst = NEVER;
    private @Nullable Connection connection;
    private boolean closed;

    private Watch(
            Api api,
            String what,
            String collection,
            String name,
            ObjectReader<Found<T>> reader,
            Consumer<Sighting<T>> news,
            @Nullable ApiAway away,
            Connection.Patience patience,
            Time time) {
        this.api = api;
        this.what = what;
        this.path = collection + "?fieldSelector=metadata.name%3D" + name;
        this.name = name;
        this.reader = reader;
        this.news = news;
        this.away = away;
        this.patience = patience;
        this.time = time;
        this.thread = Thread.ofPlatform().name("watch " + what).daemon().unstarted(this::run);
    }

    /**
     * A watch of the node's own NodeTrust; not started.
     *
     * @param away is told when the API is away and when it is there
     */
    public static Watch<TrustObject> ofNodeTrust(
            Api api, String node, ApiAway away, Consumer<Sighting<TrustObject>> news) {
        return new Watch<>(
                api,
                "NodeTrust " + node,
                "/apis/" + Names.API_VERSION + "/" + NodeTrust.PLURAL,
                node,
                TrustObject::read,
                news,
                away,
                PATIENCE,
                Time.REAL);
    }

    /** A watch of the user's one Secret; not started. */
    public static Watch<SecretObject> ofSecret(Api api, Consumer<Sighting<SecretObject>> news) {
        return ofSecret(api, news, PATIENCE, Time.REAL);
    }

    /** The same with another patience and another time, for tests. */
    static Watch<SecretObject> ofSecret(
            Api api, Consumer<Sighting<SecretObject>> news, Connection.Patience patience, Time time) {
        return new Watch<>(
                api,
                "Secret " + Names.SECRET_NAMESPACE + "/" + Names.SECRET_NAME,
                "/api/v1/namespaces/" + Names.SECRET_NAMESPACE + "/secrets",
                Names.SECRET_NAME,
                SecretObject::read,
                news,
                null,
                patience,
                time);
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
            long begun = time.nanos();
            Answer answer = api.send(opened, Request.get(watchPath()), patience);
            there();
            boolean heard = false;
            try {
                heard = events(answer);
                reusable = opened.reusableAfter(answer);
            } catch (SocketTimeoutException silent) {
                reusable = false;
            } finally {
                if (time.nanos() - begun >= LASTING_NANOS) {
                    backoff.reset();
                }
            }
            if (!heard && time.nanos() - begun >= patience.quietNanos()) {
                resume = "";
            }
            if (!reusable || time.nanos() - begun < LASTING_NANOS) {
                pause(backoff.afterFailure());
            }
        }
    }

    private void list(Connection opened) throws IOException {
        Answer answer = api.send(opened, Request.get(path), Connection.ANSWER);
        ObjectList<T> list = Json.whole(answer.body().all(), json -> ObjectList.read(json, reader));
        String version = list.resourceVersion();
        if (newest.isAfter(version)) {
            if (!newest.hasLasted(time.nanos())) {
                throw new OlderAnswerException(version, newest);
            }
            LOG.log(
                    Level.ERROR,
                    "the resourceVersion of " + what + " at " + api.endpoint() + " went back from " + newest + " to "
                            + version + " and stayed there, so etcd was restored: what the API says now counts");
        }
        T object = list.named(name);
        tell(object == null ? new Sighting.Absent<>() : new Sighting.Present<>(object), version);
    }

    /** Takes the events of a watch to its end; answers whether there was any. */
    private boolean events(Answer answer) throws IOException {
        Lines lines = new Lines(answer.body());
        boolean any = false;
        for (byte[] line = lines.next(); line != null && !isClosed(); line = lines.next()) {
            String type = WatchEvent.type(line);
            switch (type) {
                case "ADDED", "MODIFIED" -> {
                    Found<T> found = WatchEvent.object(line, reader);
                    heard(found.metadata(), new Sighting.Present<>(found.object()));
                }
                case "DELETED" -> heard(WatchEvent.object(line, Metadata::within), new Sighting.Absent<>());
                case "BOOKMARK" -> heard(WatchEvent.object(line, Metadata::within), null);
                case "ERROR" -> {
                    resume = "";
                    throw WatchEvent.object(line, WatchEvent::refusal);
                }
                default -> throw new MalformedAnswerException("an event of the unknown type " + Answer.printable(type));
            }
            any = true;
        }
        return any;
    }

    /** Takes one event; without a sighting it is a bookmark. */
    private void heard(Metadata metadata, @Nullable Sighting<T> sighting) throws IOException {
        String version = version(metadata);
        if (newest.isAfter(version)) {
            throw new OlderAnswerException(version, newest);
        }
        tell(metadata.name().equals(name) ? sighting : null, version);
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
        boolean settling = isSettling(failure);
        if (failure instanceof MalformedAnswerException
                || failure instanceof OlderAnswerException
                || (failure instanceof RefusedException refused && refused.asksForList() && !settling)) {
            resume = "";
        }
        long wait = settling ? backoff.afterFailure() : backoff.after(failure);
        switch (failure) {
            case RefusedException refused when refused.expired() -> {
                // Normal: the server keeps only so much of the past.
            }
            case RefusedException refused
            when refused.forbidden() && !settling -> {
                String words = "not allowed to follow " + what
                        + ", so nothing of it is taken up and what is there is kept: " + api.words(refused);
                complaints.say(Level.ERROR, words);
                unknown(words);
                isAway(words);
            }
            case ForeignClusterException foreign -> {
                complaints.say(Level.ERROR, "API away: " + foreign.getMessage());
                isAway(foreign.getMessage() + "");
            }
            default -> {
                String words = "cannot follow " + what + " at " + api.endpoint()
                        + ", keeping what is there and trying again: " + api.words(failure);
                complaints.say(Level.WARNING, "API away: " + words);
                isAway(words);
            }
        }
        pause(wait);
    }

    /** Whether this may be the refusal of a server that has just started. */
    private boolean isSettling(Exception failure) {
        if (!(failure instanceof RefusedException refused) || !(refused.forbidden() || refused.unauthorized())) {
            refusedFirst = NEVER;
            return false;
        }
        if (refusedFirst == NEVER) {
            refusedFirst = time.nanos();
        }
        return time.nanos() - refusedFirst < SETTLING_NANOS;
    }

    private void isAway(String words) {
        if (away != null) {
            away.away(words);
        }
    }

    private void there() {
        refusedFirst = NEVER;
        complaints.over("following " + what + " again at " + api.endpoint());
        if (away != null) {
            away.there();
        }
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

    /** Takes note of a state of the cluster, with news of the object where there is any. */
    private synchronized void tell(@Nullable Sighting<T> sighting, String version) {
        if (!closed) {
            if (sighting != null) {
                news.accept(sighting);
            }
            newest.told(version);
            resume = version;
        }
    }

    private synchronized void unknown(String why) {
        if (!closed) {
            news.accept(new Sighting.Unknown<>(why));
        }
    }

    private synchronized void pause(long millis) {
        long until = time.nanos() + millis * 1_000_000L;
        try {
            for (long left = millis; left > 0 && !closed; left = (until - time.nanos()) / 1_000_000L) {
                time.await(this, left);
            }
        } catch (InterruptedException asked) {
            closed = true;
        }
    }
}
