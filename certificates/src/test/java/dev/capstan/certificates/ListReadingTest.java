package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list is judged as AKS judges it: base64, then Go's PEM reader, then what a CA must be. */
class ListReadingTest {

    @Test
    void anEntryIsBase64AsGoReadsItOrIsRefused() {
        String encoded = ListEntry.encode(Inputs.ONE);
        String key = Pki.privateKey("Ed25519/one");
        Reading reading = new CertificateReader(DoorsTest.NOW)
                .readList(
                        List.of(
                                encoded,
                                Base64.getMimeEncoder().encodeToString(Pki.bytes(Inputs.TWO)),
                                "values",
                                ListEntry.encode(Inputs.ONE + " ").replace("=", ""),
                                " " + encoded,
                                Inputs.ONE,
                                key,
                                ListEntry.encode(key),
                                "- " + ListEntry.encode(key),
                                ""),
                        "list");

        assertThat(reading.certificates())
                .extracting(sourced -> sourced.place().entry())
                .containsExactly("0", "1");
        assertThat(reading.findings())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .extracting(finding ->
                        finding.place().entry() + " " + finding.code().word())
                .containsExactly(
                        "2 not-base64",
                        "3 not-base64",
                        "4 not-base64",
                        "5 not-base64",
                        "6 private-key",
                        "7 private-key",
                        "8 private-key",
                        "9 no-certificate");
        assertThat(reading.findings().toString())
                .doesNotContain(
                        Inputs.body(key).substring(0, 20), Inputs.base64(key).substring(0, 50));
    }

    @Test
    void base64IsTakenExactlyWhereGosDecoderTakesIt() {
        Map<String, String> decoded = Map.of("", "", "aGk=", "hi", "aG\nk=", "hi", "aGk\r\n=", "hi", "aGkh", "hi!");
        decoded.forEach((entry, text) -> assertThat(ListEntry.decode(entry))
                .as(entry)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .isEqualTo(Optional.of(text)));
        for (String entry : List.of("aGk", "aGk= ", " aGk=", "aGk==", "aG=k", "aGk-", "aGk_", "====", "a", "aGk\t=")) {
            assertThat(ListEntry.decode(entry)).as(entry).isEmpty();
        }
    }

    /** The real Go decides what of the table's inputs a list may take; what more is refused is refused by the policy. */
    @Test
    void theFormIsRefusedExactlyWhereGoFindsNoCertificate(@TempDir Path folder) {
        Map<String, byte[]> inputs = Inputs.all();
        List<List<Go.Block>> found = Go.in(folder).blocks(inputs.values());
        Set<FindingCode> form = Set.of(
                FindingCode.ENCODED_TWICE,
                FindingCode.BARE_BASE64,
                FindingCode.DER,
                FindingCode.PKCS7,
                FindingCode.OTHER_LABEL,
                FindingCode.UTF_16,
                FindingCode.BYTE_ORDER_MARK,
                FindingCode.CR_LINE_ENDS,
                FindingCode.LINE_BREAKS_LOST,
                FindingCode.INDENTED,
                FindingCode.UNPADDED,
                FindingCode.TRAILING_SPACE,
                FindingCode.NO_CERTIFICATE,
                FindingCode.NOT_TEXT);
        int index = 0;
        for (Map.Entry<String, byte[]> input : inputs.entrySet()) {
            Set<String> goFinds = found.get(index++).stream()
                    .filter(block -> block.label().equals("CERTIFICATE") && block.parses())
                    .map(Go.Block::sha256)
                    .collect(Collectors.toSet());
            Reading reading = DoorsTest.list(input.getValue());
            Set<FindingCode> errors = reading.findings().stream()
                    .filter(finding -> finding.severity() == Severity.ERROR)
                    .map(Finding::code)
                    .collect(Collectors.toSet());
            assertThat(reading.certificates())
                    .as(input.getKey())
                    .extracting(sourced -> sourced.certificate().identity().hex())
                    .isSubsetOf(goFinds);
            if (goFinds.isEmpty()) {
                assertThat(errors).as(input.getKey()).isNotEmpty();
            } else if (errors.isEmpty()) {
                assertThat(reading.certificates()).as(input.getKey()).hasSameSizeAs(goFinds);
            }
            if (!errors.isEmpty() && form.containsAll(errors)) {
                int file = DoorsTest.file(input.getValue()).certificates().size();
                assertThat(goFinds.size()).as(input.getKey()).isLessThan(Math.max(1, file));
            }
        }
    }
}
