package dev.capstan.embeddedkubernetes;

import static dev.capstan.embeddedkubernetes.ObjectsTest.configMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.TestServer.Events;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void watchWithoutVersionBeginsWithWhatExists() throws Exception {
        server.post(MAPS, configMap("one")).expect(201);
        for (String version : new String[] {"", "&resourceVersion=0"}) {
            try (Events events = server.watch(MAPS + "?watch=true" + version)) {
                assertThat(events.nextName()).isEqualTo("ADDED one");
            }
        }
        try (Events events = server.watch(MAPS + "?watch=true")) {
            assertThat(events.nextName()).isEqualTo("ADDED one");
            server.post(MAPS, configMap("two")).expect(201);
            assertThat(events.nextName()).isEqualTo("ADDED two");
            server.merge(MAPS + "/one", "{\"data\":{\"k\":\"w\"}}").expect(200);
            assertThat(events.nextName()).isEqualTo("MODIFIED one");
            server.delete(MAPS + "/two").expect(200);
            JsonNode deleted = events.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            assertThat(deleted.path("object").path("data").path("k").asText()).isEqualTo("v");
            String version = server.get(MAPS)
                    .json()
                    .path("metadata")
                    .path("resourceVersion")
                    .asText();
            assertThat(deleted.path("object")
                            .path("metadata")
                            .path("resourceVersion")
                            .asText())
                    .isEqualTo(version);
        }
    }

    @Test
    void watchFromAVersionGoesOnAfterIt() throws Exception {
        server.post(MAPS, configMap("one")).expect(201);
        String version =
                server.get(MAPS).json().path("metadata").path("resourceVersion").asText();
        server.post(MAPS, configMap("two")).expect(201);
        try (Events events = server.watch(MAPS + "?watch=true&resourceVersion=" + version)) {
            assertThat(events.nextName()).isEqualTo("ADDED two");
        }
    }

    @Test
    void versionFromBeforeARestartIsExpiredUnlessItIsTheCurrentOne() throws Exception {
        String before =
                server.get(MAPS).json().path("metadata").path("resourceVersion").asText();
        server.post(MAPS, configMap("one")).expect(201);
        String current =
                server.get(MAPS).json().path("metadata").path("resourceVersion").asText();
        server.restart();
        try (Events events = server.watch(MAPS + "?watch=true&resourceVersion=" + before)) {
            JsonNode error = events.next();
            assertThat(error.path("type").asText()).isEqualTo("ERROR");
            assertThat(error.path("object").path("code").asInt()).isEqualTo(410);
            assertThat(error.path("object").path("reason").asText()).isEqualTo("Expired");
            assertThat(error.path("object").path("message").asText())
                    .isEqualTo("too old resource version: " + before + " (" + current + ")");
            assertThat(events.next().path("type").asText()).isEqualTo("END");
        }
        try (Events events = server.watch(MAPS + "?watch=true&resourceVersion=" + current)) {
            server.post(MAPS, configMap("two")).expect(201);
            assertThat(events.nextName()).isEqualTo("ADDED two");
        }
    }

    @Test
    void initialEventsEndWithABookmark() throws Exception {
        String list = "?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        server.post(MAPS, configMap("one")).expect(201);
        try (Events events = server.watch(MAPS + list)) {
            assertThat(events.nextName()).isEqualTo("ADDED one");
            JsonNode bookmark = events.next();
            assertThat(bookmark.path("type").asText()).isEqualTo("BOOKMARK");
            assertThat(bookmark.path("object").path("kind").asText()).isEqualTo("ConfigMap");
            assertThat(bookmark.path("object")
                            .path("metadata")
                            .path("annotations")
                            .toString())
                    .isEqualTo("{\"k8s.io/initial-events-end\":\"true\"}");
            server.post(MAPS, configMap("two")).expect(201);
            assertThat(events.nextName()).isEqualTo("ADDED two");
        }
        server.get(MAPS + "?watch=true&sendInitialEvents=true").expect(422);
        server.get(MAPS + "?watch=true&resourceVersionMatch=NotOlderThan").expect(422);
    }

    @Test
    void objectsMoveInAndOutOfTheSelection() throws Exception {
        try (Events events = server.watch(MAPS + "?watch=true&labelSelector=a%3Db")) {
            server.post(MAPS, configMap("one")).expect(201);
            server.merge(MAPS + "/one", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                    .expect(200);
            assertThat(events.nextName()).isEqualTo("ADDED one");
            server.merge(MAPS + "/one", "{\"data\":{\"k\":\"w\"}}").expect(200);
            assertThat(events.nextName()).isEqualTo("MODIFIED one");
            String version = server.merge(MAPS + "/one", "{\"metadata\":{\"labels\":null}}")
                    .expect(200)
                    .json()
                    .path("metadata")
                    .path("resourceVersion")
                    .asText();
            JsonNode deleted = events.next();
            assertThat(deleted.path("type").asText()).isEqualTo("DELETED");
            assertThat(deleted.path("object")
                            .path("metadata")
                            .path("labels")
                            .path("a")
                            .asText())
                    .isEqualTo("b");
            assertThat(deleted.path("object")
                            .path("metadata")
                            .path("resourceVersion")
                            .asText())
                    .isEqualTo(version);
            server.delete(MAPS + "/one").expect(200);
            server.post(MAPS, configMap("two").replace("\"name\"", "\"labels\":{\"a\":\"b\"},\"name\""))
                    .expect(201);
            assertThat(events.nextName()).isEqualTo("ADDED two");
        }
        try (Events events = server.watch(MAPS + "?watch=true&fieldSelector=metadata.name%3Dthree")) {
            server.post(MAPS, configMap("four")).expect(201);
            server.post(MAPS, configMap("three")).expect(201);
            assertThat(events.nextName()).isEqualTo("ADDED three");
        }
    }

    @Test
    void tableWatchCarriesColumnsOnce() throws Exception {
        server.post(MAPS, configMap("one")).expect(201);
        server.post(MAPS, configMap("two")).expect(201);
        try (Events events = server.call("GET", MAPS + "?watch=true")
                .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                .watch()) {
            JsonNode first = events.next().path("object");
            assertThat(first.path("kind").asText()).isEqualTo("Table");
            assertThat(first.path("columnDefinitions").isEmpty()).isFalse();
            assertThat(events.next().path("object").path("columnDefinitions").isEmpty())
                    .isTrue();
        }
    }

    @Test
    void watchEndsWhenItsTimeIsUpAndWhenTheServerStops() throws Exception {
        try (Events events = server.watch(MAPS + "?watch=true&timeoutSeconds=1")) {
            assertThat(events.next().path("type").asText()).isEqualTo("END");
        }
        try (Events events = server.watch(MAPS + "?watch=true")) {
            server.kubernetes.stop();
            assertThat(events.next().path("type").asText()).isEqualTo("END");
        }
    }

    @Test
    void watchEndsWhenItsClusterIsDeleted() throws Exception {
        try (Events events = server.watch(MAPS + "?watch=true")) {
            server.kubernetes.delete("a");
            assertThat(events.next().path("type").asText()).isEqualTo("END");
            assertThat(server.get(MAPS).expect(404).message()).isEqualTo("there is no cluster \"a\" on this server");
            server.call("GET", MAPS).token("").send().expect(401);
        }
    }

    @Test
    void idleServerWithWatchersRunsNoSql() throws Exception {
        server.post(MAPS, configMap("one")).expect(201);
        try (Events maps = server.watch(MAPS + "?watch=true&allowWatchBookmarks=true");
                Events secrets = server.watch("/api/v1/secrets?watch=true")) {
            assertThat(maps.nextName()).isEqualTo("ADDED one");
            ObjectsTest.eventually(() -> server.cluster().statements() == quietCount());
            long before = server.cluster().statements();
            Thread.sleep(1500);
            for (int i = 0; i < 20; i++) {
                server.get(MAPS).expect(200);
                server.get(MAPS + "/one").expect(200);
            }
            assertThat(server.cluster().statements()).isEqualTo(before);
            assertThat(secrets).isNotNull();
        }
    }

    private long quietCount() throws InterruptedException {
        long before = server.cluster().statements();
        Thread.sleep(300);
        return before;
    }

    @Test
    void watcherThatDoesNotReadIsCutOffAndOthersGoOn() throws Exception {
        try (Socket plain = new Socket()) {
            // A small window, so that the server's sending blocks soon.
            plain.setReceiveBufferSize(4096);
            plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.kubernetes.port()));
            try (SSLSocket stuck = (SSLSocket) ServerKey.SHARED
                            .client()
                            .getSocketFactory()
                            .createSocket(plain, "127.0.0.1", server.kubernetes.port(), true);
                    Events reader = server.watch(MAPS + "?watch=true")) {
                stuck.getOutputStream()
                        .write(("GET /clusters/a" + MAPS + "?watch=true HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization:"
                                        + " Bearer " + TestServer.ADMINISTRATOR + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream in = stuck.getInputStream();
                assertThat(in.read()).isEqualTo('H');
                ObjectsTest.eventually(() -> server.cluster().watchers() == 2);
                server.post(MAPS, configMap("big")).expect(201);
                assertThat(reader.nextName()).isEqualTo("ADDED big");
                for (int i = 0; server.cluster().watchers() == 2; i++) {
                    assertThat(i).as("cut off within 3000 events").isLessThan(3000);
                    server.merge(MAPS + "/big", "{\"data\":{\"k\":\"" + i + "x".repeat(10_000) + "\"}}")
                            .expect(200);
                    assertThat(reader.nextName()).isEqualTo("MODIFIED big");
                }
                assertThat(drained(in)).isTrue();
            }
        }
    }

    /** Whether the stream ends. */
    private static boolean drained(InputStream in) {
        try {
            while (in.read(new byte[8192]) >= 0) {
                // What was sent before the cut.
            }
        } catch (IOException _) {
            // A reset is an end, too.
        }
        return true;
    }
}
