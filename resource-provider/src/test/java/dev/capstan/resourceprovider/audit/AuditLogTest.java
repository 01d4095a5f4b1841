package dev.capstan.resourceprovider.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.capstan.resourceprovider.wire.ArmAnswer.Change;
import dev.capstan.resourceprovider.wire.ArmFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-22T03:00:00Z"));

    @TempDir
    private Path folder;

    private AuditLog open() throws IOException {
        return AuditLog.open(folder, line -> {}, CLOCK);
    }

    private static AuditEvent event(String caller) {
        return event(caller, "id");
    }

    private static AuditEvent event(String caller, String request) {
        return new AuditEvent(
                AuditEvent.Kind.WRITE,
                CLOCK.instant(),
                request,
                caller,
                "127.0.0.1",
                "PUT",
                "/subscriptions/s",
                "Microsoft.ContainerService/managedClusters/write",
                200,
                "",
                new Change(null, "v1:abc"));
    }

    /** The records in their order, each one's hash and link checked. */
    private List<JsonNode> chain() throws Exception {
        List<JsonNode> records = new ArrayList<>();
        String previous = "0".repeat(64);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                for (String line : Files.readAllLines(file)) {
                    JsonNode record = new ObjectMapper().readTree(line);
                    assertThat(record.path("sequence").asInt()).isEqualTo(records.size() + 1);
                    assertThat(record.path("previous").asText()).isEqualTo(previous);
                    String covered = line.substring(0, line.lastIndexOf(",\"hash\":"));
                    previous = HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(covered.getBytes(StandardCharsets.UTF_8)));
                    assertThat(record.path("hash").asText()).isEqualTo(previous);
                    records.add(record);
                }
            }
        }
        return records;
    }

    private Path file() {
        return folder.resolve("audit-000000000001.jsonl");
    }

    @Test
    void whatIsAcknowledgedIsInTheFileChainedAndCopied() throws Exception {
        List<String> copied = new CopyOnWriteArrayList<>();
        try (AuditLog log = AuditLog.open(folder, copied::add, CLOCK)) {
            log.append(event("one"));
            assertThat(Files.readString(file())).contains("\"caller\":\"one\"").endsWith("\"}\n");
            log.append(event("two"));
        }
        assertThat(chain()).extracting(record -> record.path("caller").asText()).containsExactly("one", "two");
        assertThat(chain().getFirst().path("before").asText()).isEmpty();
        assertThat(chain().getFirst().path("after").asText()).isEqualTo("v1:abc");
        assertThat(String.join("", copied)).isEqualTo(Files.readString(file()));
    }

    @Test
    void manyAtOnceShareTheDiskAndNoneIsLost() throws Exception {
        try (AuditLog log = open();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 500; i++) {
                String caller = "caller" + i;
                threads.execute(() -> log.append(event(caller)));
            }
        }
        assertThat(chain().stream()
                        .map(record -> record.path("caller").asText())
                        .distinct())
                .hasSize(500);
    }

    @Test
    void theChainGoesOnOverFilesAndStarts() throws Exception {
        for (int i = 0; i < 4; i++) {
            try (AuditLog log = AuditLog.open(folder, 1500, line -> {}, CLOCK)) {
                for (int k = 0; k < 4; k++) {
                    log.append(event("caller" + i + k));
                }
            }
        }
        assertThat(chain()).hasSize(16);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(one -> one.toString().endsWith(".jsonl")).count())
                    .isGreaterThan(3);
        }
    }

    @Test
    void halfARecordThatACrashLeftIsCutOffAndToldOf() throws Exception {
        try (AuditLog log = open()) {
            log.append(event("one"));
        }
        Files.writeString(file(), "{\"sequence\":2,\"previ", StandardOpenOption.APPEND);
        try (AuditLog log = open()) {
            log.append(event("two"));
        }
        assertThat(chain())
                .extracting(record ->
                        record.path("kind").asText() + record.path("code").asText())
                .containsExactly("write", "logTornByCrash", "write");
    }

    @Test
    void anEndThatSomebodyCutIsToldOfAndTheGapStays() throws Exception {
        try (AuditLog log = open()) {
            log.append(event("one"));
            log.append(event("two"));
        }
        Files.writeString(file(), Files.readAllLines(file()).getFirst() + "\n");
        try (AuditLog log = open()) {
            log.append(event("three"));
        }
        List<String> lines = Files.readAllLines(file());
        assertThat(lines.get(1)).startsWith("{\"sequence\":3,").contains("CutByHand");
        assertThat(lines.get(2)).startsWith("{\"sequence\":4,");
    }

    @Test
    void aLastRecordThatWasChangedStopsTheStart() throws Exception {
        try (AuditLog log = open()) {
            log.append(event("one"));
        }
        Files.writeString(file(), Files.readString(file()).replace("one", "two"));
        assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("changed by somebody");
    }

    @Test
    void aFullDiskKeepsWhatWasLetInAndLetsNothingMoreIn() throws Exception {
        // A file where the next one has to be made is as good as a full disk: the write fails, and the reserve is
        // taken.
        try (AuditLog log = AuditLog.open(folder, 400, line -> {}, CLOCK)) {
            log.begin(event("one"));
            log.append(event("one"));
            Path next = folder.resolve("audit-000000000002.jsonl");
            Files.createDirectory(next);
            assertThatThrownBy(() -> log.append(event("two"))).isInstanceOf(ArmFailure.class);
            Files.delete(next);
            log.append(event("three"));
        }
        assertThat(chain()).extracting(record -> record.path("caller").asText()).containsExactly("one", "three");
    }

    @Test
    void aWriteThatACrashCutOffGetsItsRecordAtTheNextStart() throws Exception {
        Path crashed = folder.resolve("crashed");
        try (AuditLog log = AuditLog.open(folder, line -> {}, CLOCK)) {
            log.append(event("before", "id0"));
            log.begin(event("ended", "id1"));
            log.begin(event("cut off", "id2"));
            log.begin(event("x".repeat(10_000), "id3"));
            log.append(event("ended", "id1"));
            log.begin(event("in the place of one that ended", "id4"));
            // What a process that is killed here leaves.
            copy(folder, crashed);
        }
        try (AuditLog log = AuditLog.open(crashed, line -> {}, CLOCK)) {
            log.append(event("after", "id5"));
        }
        assertThat(Files.readAllLines(crashed.resolve("audit-000000000001.jsonl")).stream()
                        .map(AuditLogTest::json)
                        .map(record -> record.path("request").asText()
                                + record.path("code").asText()))
                .containsExactly("id0", "id1", "id4EndUnknown", "id2EndUnknown", "id3EndUnknown", "id5");
        AuditLog.open(crashed, line -> {}, CLOCK).close();
        assertThat(Files.readAllLines(crashed.resolve("audit-000000000001.jsonl")))
                .as("told once")
                .hasSize(6);
    }

    @Test
    void aWriteWhoseRecordIsThereIsNotCutOffThoughItsPlaceStillNamesIt() throws Exception {
        Path crashed = folder.resolve("crashed");
        try (AuditLog log = AuditLog.open(folder, line -> {}, CLOCK)) {
            log.begin(event("one", "id1"));
            copy(folder, crashed);
            log.append(event("one", "id1"));
            // The place was made blank, and a power cut took that back.
            for (String name : List.of("audit-000000000001.jsonl", "head")) {
                Files.copy(folder.resolve(name), crashed.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        assertThat(Files.readString(crashed.resolve("under-way"))).contains("id1");
        AuditLog.open(crashed, line -> {}, CLOCK).close();
        assertThat(Files.readAllLines(crashed.resolve("audit-000000000001.jsonl")))
                .hasSize(1);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void filesAreTheOwnersAlone() throws Exception {
        try (AuditLog log = open()) {
            log.append(event("one"));
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            }
        }
    }
}
