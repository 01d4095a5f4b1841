package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit list} and {@code verify}, on logs made here by the form that docs/security.md gives. */
class AuditTest {

    @TempDir
    private Path home;

    private final List<String> lines = new ArrayList<>();
    private String last = "0".repeat(64);

    @BeforeEach
    void write() throws Exception {
        for (var i = 1; i <= 6; i++) {
            append(i, i % 2 == 0 ? "administrator" : "someone", i == 4 ? 403 : 200);
        }
        save();
    }

    private void append(int number, String caller, int status) throws Exception {
        var covered = ("{\"sequence\":" + number + ",\"previous\":\"" + last + "\",\"time\":\"2026-11-22T03:0" + number
                + ":00Z\",\"kind\":\"write\",\"caller\":\"" + caller + "\",\"resource\":\"/subscriptions/s/c" + number
                + "\",\"status\":" + status);
        last = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(covered.getBytes(StandardCharsets.UTF_8)));
        lines.add(covered + ",\"hash\":\"" + last + "\"}");
    }

    private Path file(int first) {
        return home.resolve("audit/audit-%012d.jsonl".formatted(first));
    }

    private void save() throws Exception {
        Files.createDirectories(home.resolve("audit"));
        Files.writeString(file(1), String.join("\n", lines.subList(0, 3)) + "\n");
        Files.writeString(file(4), String.join("\n", lines.subList(3, lines.size())) + "\n");
        Files.writeString(home.resolve("audit/head"), "%018d %s%n".formatted(6, last));
    }

    private Run verify() {
        return Run.of(home, "audit", "verify");
    }

    @Test
    void aWholeLogIsWholeOverItsFiles() {
        var run = verify();
        assertThat(run.code()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines("Whole: 6 records; the last one's hash is " + last);
        var json = Json.parse(Run.of(home, "audit", "verify", "-o", "json").out());
        assertThat(json.path("records").asInt()).isEqualTo(6);
        assertThat(json.path("isWhole").asBoolean()).isTrue();
    }

    @Test
    void everyByteThatIsChangedIsFound() throws Exception {
        var whole = Files.readAllBytes(file(4));
        for (var at = 0; at < whole.length; at += 7) {
            var changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file(4), changed);
            assertThat(verify().code()).as("byte " + at).isEqualTo(1);
        }
    }

    @Test
    void aChangedRecordIsNamed() throws Exception {
        lines.set(1, lines.get(1).replace("administrator", "someoneelse--"));
        save();
        assertThat(verify().out()).contains("audit-000000000001.jsonl:2: the record was changed");
    }

    @Test
    void aChangedRecordWithAHashMadeAnewIsFoundByTheNext() throws Exception {
        var covered =
                lines.get(1).substring(0, lines.get(1).lastIndexOf(",\"hash\"")).replace("administrator", "other");
        var hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(covered.getBytes(StandardCharsets.UTF_8)));
        lines.set(1, covered + ",\"hash\":\"" + hash + "\"}");
        save();
        assertThat(verify().out()).contains("record 3 does not follow the record before it");
        assertThat(verify().code()).isEqualTo(1);
    }

    @Test
    void droppedInsertedAndMovedRecordsAreFound() throws Exception {
        var kept = List.copyOf(lines);
        lines.remove(2);
        save();
        assertThat(verify().out()).contains("record 4 follows record 2: 1 between them are gone");
        lines.clear();
        lines.addAll(kept);
        lines.add(3, kept.get(2));
        save();
        assertThat(verify().out()).contains("record 3 comes after record 3: it was inserted or moved");
        lines.clear();
        lines.addAll(kept);
        Collections.swap(lines, 1, 2);
        save();
        assertThat(verify().out()).contains("gone").contains("inserted or moved");
        assertThat(verify().code()).isEqualTo(1);
    }

    @Test
    void aCutEndIsToldApartFromWhatACrashLeaves() throws Exception {
        var text = Files.readString(file(4));
        Files.writeString(file(4), text + "{\"sequence\":7,\"previ");
        assertThat(verify().code()).isZero();
        assertThat(verify().out()).contains("Half a record at the end, as a crash leaves it");

        Files.writeString(file(4), text.substring(0, text.length() - 20));
        assertThat(verify().code()).isEqualTo(1);
        assertThat(verify().out()).contains("record 6 was acknowledged: the end was cut off");

        Files.writeString(file(4), lines.get(3) + "\n");
        assertThat(verify().out()).contains("The log ends with record 4, and record 6 was acknowledged");

        Files.delete(file(4));
        assertThat(verify().code()).isEqualTo(1);
    }

    @Test
    void aWriteWhoseEndIsUnknownIsToldOfBeforeAndAfterTheNextStart() throws Exception {
        var write = "{\"time\":\"2026-11-22T03:00:09Z\",\"kind\":\"write\",\"caller\":\"me\",\"address\":\"local\","
                + "\"method\":\"PUT\",\"resource\":\"/x\",\"action\":\"a\",\"status\":0,\"code\":\"%s\",\"request\":\"r9\"}";
        var place = write.formatted("");
        Files.writeString(
                file(1).resolveSibling("under-way"),
                " ".repeat(2047) + "\n" + place + " ".repeat(2047 - place.length()) + "\n");
        assertThat(verify().code()).isZero();
        assertThat(verify().out()).contains("Not ended", "PUT /x by me from local, 2026-11-22T03:00:09Z.");
        var listed = Json.parse(Run.of(home, "audit", "list").out());
        assertThat(listed).hasSize(7);
        assertThat(listed.path(6).path("code").asText()).isEqualTo("UnderWay");

        var covered = "{\"sequence\":7,\"previous\":\"" + last + "\","
                + write.formatted("EndUnknown").substring(1);
        covered = covered.substring(0, covered.length() - 1);
        var hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(covered.getBytes(StandardCharsets.UTF_8)));
        Files.writeString(file(4), covered + ",\"hash\":\"" + hash + "\"}\n", StandardOpenOption.APPEND);
        assertThat(verify().code()).isZero();
        assertThat(verify().out())
                .contains("whether its change was made is unknown: PUT /x")
                .doesNotContain("Not ended");
        assertThat(Json.parse(Run.of(home, "audit", "list").out())).hasSize(7);
    }

    @Test
    void aMissingBeginningIsFoundUnlessItIsSaidToBeElsewhere() throws Exception {
        Files.delete(file(1));
        assertThat(verify().out()).contains("the log begins with record 4, not with 1");
        assertThat(Run.of(home, "audit", "verify", "--from", "4").code()).isZero();
        Files.delete(home.resolve("audit/head"));
        assertThat(Run.of(home, "audit", "verify", "--from", "4").code()).isEqualTo(1);
    }

    @Test
    void theListIsFiltered() {
        assertThat(list()).hasSize(6);
        assertThat(list("--caller", "administrator")).hasSize(3);
        assertThat(list("--resource", "S/C4")).hasSize(1);
        assertThat(list("--refused")).hasSize(1);
        assertThat(list("--since", "2026-11-22T03:03:00Z", "--until", "2026-11-22T03:05:00Z"))
                .hasSize(2);
        assertThat(list("--top", "2").get(0).path("sequence").asInt()).isEqualTo(5);
        assertThat(list("--kind", "login")).isEmpty();
        assertThat(Run.of(home, "audit", "list", "-o", "table").out())
                .contains("Sequence", "someone", "/subscriptions/s/c6");
        assertThat(Run.of(home, "audit", "list", "--since", "yesterday").err()).contains("is no time");
    }

    @Test
    void aHomeWithoutALogIsToldOf() {
        var run = Run.of(home.resolve("elsewhere"), "audit", "list");
        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err()).contains("There is no audit log in");
    }

    private com.fasterxml.jackson.databind.JsonNode list(String... filters) {
        var words = new ArrayList<>(List.of("audit", "list"));
        words.addAll(List.of(filters));
        return Json.parse(Run.of(home, words.toArray(String[]::new)).out());
    }
}
