package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every input of {@code docs/inputs.md} is read at each door as the table there says; it is written by hand. */
class DoorsTest {

    static final Path TABLE = Path.of("..", "docs", "inputs.md");
    static final InstantSource NOW = InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z"));

    /** A row: what a file, the Secret and the list make of the input. */
    private record Row(String name, String file, String secret, String list) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (line.startsWith("| ") && !line.startsWith("| input ")) {
                String[] cells = line.split("\\|", -1);
                String file = cell(cells[2]);
                String secret = cell(cells[3]);
                rows.add(new Row(cells[1].strip(), file, secret.equals("=") ? file : secret, cell(cells[4])));
            }
        }
        return rows;
    }

    private static String cell(String text) {
        return text.replace("`", "").strip();
    }

    @TestFactory
    Stream<DynamicTest> everyDoorDoesWhatTheTableSays() throws IOException {
        Map<String, byte[]> inputs = Inputs.all();
        return rows().stream()
                .map(row -> DynamicTest.dynamicTest(row.name(), () -> {
                    byte[] input = inputs.get(row.name());
                    assertThat(input).as("an input of this name").isNotNull();
                    assertThat(brief(file(input))).as("a file").isEqualTo(row.file());
                    assertThat(brief(secret(input))).as("the Secret").isEqualTo(row.secret());
                    assertThat(brief(list(input))).as("the list").isEqualTo(row.list());
                }));
    }

    @Test
    void theTableAndTheInputsAreTheSame() throws IOException {
        Map<String, byte[]> inputs = Inputs.all();
        assertThat(rows().stream().map(Row::name)).containsExactlyElementsOf(inputs.keySet());
        assertThat(inputs).hasSizeGreaterThanOrEqualTo(120);
    }

    static Reading file(byte[] input) {
        return new CertificateReader(NOW).readPem(input, Place.of("cas.pem"));
    }

    static Reading secret(byte[] input) {
        return secret(Map.of("ca.crt", input));
    }

    static Reading secret(Map<String, byte[]> data) {
        return new CertificateReader(NOW).readSecret(data, "secret");
    }

    static Reading list(byte[] input) {
        return new CertificateReader(NOW).readList(List.of(ListEntry.encode(input)), "list");
    }

    /** {@code one two; !malformed-pem:3.5, crlf:1}: common names, then codes with line and column, errors with a !. */
    static String brief(Reading reading) {
        String names = reading.certificates().stream()
                .map(sourced -> sourced.certificate().subject().replaceAll("(^|.*,)CN=([^,]*).*", "$2"))
                .collect(Collectors.joining(" "));
        String findings = reading.findings().stream().map(DoorsTest::brief).collect(Collectors.joining(", "));
        return (names.isEmpty() ? "–" : names) + (findings.isEmpty() ? "" : "; " + findings);
    }

    private static String brief(Finding finding) {
        Place place = finding.place();
        return (finding.severity() == Severity.ERROR ? "!" : "")
                + finding.code().word()
                + (place.line() == 0 ? "" : ":" + place.line())
                + (place.column() == 0 ? "" : "." + place.column());
    }
}
