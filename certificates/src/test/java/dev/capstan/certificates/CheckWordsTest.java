package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each finding says in plain words what is the matter and what to do, and names the certificate. */
class CheckWordsTest {

    private static final Map<String, byte[]> INPUTS = Inputs.all();

    @Test
    void everyFindingHasASentenceAndAFix() {
        Set<FindingCode> seen = EnumSet.noneOf(FindingCode.class);
        INPUTS.forEach((name, input) -> {
            for (Reading reading : List.of(DoorsTest.file(input), DoorsTest.list(input))) {
                assertThat(reading.findings()).as(name).allSatisfy(finding -> {
                    seen.add(finding.code());
                    assertThat(finding.message()).endsWith(".").hasSizeBetween(15, 450);
                    assertThat(finding.fix()).hasSizeBetween(15, 400);
                });
            }
        });
        assertThat(EnumSet.complementOf(EnumSet.copyOf(seen)))
                .as("codes that no input of the table gives")
                .containsExactlyInAnyOrder(
                        FindingCode.UNREADABLE,
                        FindingCode.NOT_BASE64,
                        FindingCode.ALREADY_TRUSTED,
                        FindingCode.SIMILAR_KEYS,
                        FindingCode.OVER_LIMIT,
                        FindingCode.OVER_SIZE,
                        FindingCode.KEY_COLLISION);
    }

    @Test
    void saysWhatMatters() {
        assertThat(words("a self-signed server certificate")).contains("CN=server", "self-signed server certificate");
        assertThat(words("expired")).contains("CN=past", "2020-01-01T00:00:00Z");
        assertThat(words("expires in 29 days")).contains("CN=soon", "in 29 days");
        assertThat(words("limited to names")).contains("good for corp.test, 10.0.0.0/8 only");
        assertThat(words("RSA of 1,000,000 bits")).contains("1000000 bits");
        assertThat(words("an unknown critical extension")).contains("1.3.6.1.4.1.99999.1");
        assertThat(words("signed with MD5, an intermediate")).contains("MD5");
        assertThat(words("a renewal")).contains("cas.pem, line 1");
    }

    /** Found by the fuzzer: what was first decided whether a renewal was one. */
    @Test
    void whatIsSaidOfACaInSeveralCertificatesDoesNotDependOnTheirOrder() {
        String crossSigned = new Pki.Request("one").issuedBy("two").pem();
        String renewed = new Pki.Request("one")
                .valid("2021-01-01T00:00:00Z", "2049-01-01T00:00:00Z")
                .pem();
        for (List<String> order : List.of(
                List.of(Inputs.ONE, renewed, crossSigned),
                List.of(Inputs.ONE, crossSigned, renewed),
                List.of(renewed, crossSigned, Inputs.ONE),
                List.of(crossSigned, Inputs.ONE, renewed),
                List.of(crossSigned, renewed, Inputs.ONE))) {
            assertThat(DoorsTest.file(Pki.bytes(Inputs.TWO + "\n" + String.join("\n", order)))
                            .findings())
                    .extracting(Finding::code)
                    .containsExactlyInAnyOrder(FindingCode.RENEWAL, FindingCode.CROSS_SIGNED);
        }
    }

    @Test
    void controlCharactersOfASubjectAreEscaped() {
        assertThat(DoorsTest.file(INPUTS.get("control characters in the subject"))
                        .certificates()
                        .getFirst()
                        .certificate()
                        .subject())
                .contains("a\\\\u{7}b\\\\u{202e}c".replace("\\\\", "\\"));
    }

    @Test
    void theSystemsOwnAndTheLimitsAreMentionedWhereTheyAreAskedFor() {
        Reading one = DoorsTest.file(Pki.bytes(Inputs.ONE));
        assertThat(SetChecks.alreadyTrusted(one, Set.of())).isEmpty();
        assertThat(SetChecks.alreadyTrusted(
                        one, Set.of(one.certificates().getFirst().certificate().identity())))
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString()).contains("already-trusted at cas.pem, line 1"));
        StringBuilder eleven = new StringBuilder();
        for (int i = 0; i < 11; i++) {
            eleven.append(Pki.ca("limit" + i)).append('\n');
        }
        Place whole = Place.of("cas.pem");
        assertThat(Limits.ofFile(one.set(), whole)).isEmpty();
        assertThat(Limits.ofFile(DoorsTest.file(Pki.bytes(eleven.toString())).set(), whole))
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("11 different certificates"));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            many.append(Pki.ca("size" + i)).append('\n');
        }
        assertThat(Limits.ofFile(DoorsTest.file(Pki.bytes(many.toString())).set(), whole))
                .extracting(Finding::code)
                .containsExactly(FindingCode.OVER_LIMIT, FindingCode.OVER_SIZE);
    }

    private static String words(String input) {
        return DoorsTest.file(INPUTS.get(input)).findings().toString();
    }
}
