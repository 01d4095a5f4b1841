package dev.capstan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Secret is read key by key, and what is bad in one harms no other. */
class SecretReadingTest {

    private static final String SECRET = "secret kube-system/custom-ca-trust-secret";

    @Test
    void keysAreEntriesOfTheirOwnInTheOrderOfTheirNames() {
        Reading reading = read(Map.of(
                "b.crt",
                Inputs.TWO,
                "a.crt",
                Inputs.ONE,
                "c.crt",
                Inputs.ONE + Pki.privateKey("Ed25519/one"),
                "d",
                "",
                "e.crt",
                Inputs.TWO + Inputs.ONE));

        assertThat(DoorsTest.brief(reading))
                .isEqualTo("one two; !private-key:10, !no-certificate, duplicate:1, duplicate:10");
        assertThat(reading.findings())
                .extracting(finding -> finding.place().entry())
                .containsExactly("c.crt", "d", "e.crt", "e.crt");
        assertThat(reading.findings().getFirst())
                .asString()
                .startsWith("error private-key at " + SECRET + ", key c.crt, line 10: ");
    }

    @Test
    void aBadBlockIsLeftOutAndTheOthersOfItsKeyAreUsed() {
        Reading reading = read(Map.of("ca.crt", Inputs.ONE + "-----BEGIN CERTIFICATE-----\n*\n" + Inputs.TWO));

        assertThat(reading.certificates()).hasSize(2);
        assertThat(reading.hasErrors()).isTrue();
    }

    @Test
    void nothingIsNothing() {
        assertThat(read(Map.of())).isEqualTo(new Reading(List.of(), List.of()));
    }

    private static Reading read(Map<String, String> data) {
        Map<String, byte[]> bytes = new java.util.HashMap<>();
        data.forEach((key, text) -> bytes.put(key, Pki.bytes(text)));
        return new CertificateReader(DoorsTest.NOW).readSecret(bytes, SECRET);
    }
}
