package dev.capstan.certificates;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Of a private key only its place is told, and of the entry it is in nothing is kept. */
class PrivateKeySilenceTest {

    @Test
    void noPartOfAKeyIsInAnythingThatIsSaidOrReturned() {
        Collection<String> windows = new ArrayList<>();
        KeyInputs.kinds().values().forEach(text -> windows.addAll(windows(Inputs.body(text))));
        KeyInputs.all().values().forEach(bytes -> windows.addAll(windows(Inputs.base64(bytes))));
        assertThat(windows).hasSizeGreaterThan(500);

        KeyInputs.all().forEach((name, input) -> {
            for (Reading reading : List.of(DoorsTest.file(input), DoorsTest.secret(input), DoorsTest.list(input))) {
                String said = reading + " " + reading.findings() + " " + reading.set()
                        + reading.set().pem();
                assertThat(windows).as(name).noneMatch(said::contains);
                assertThat(reading.certificates()).as(name).isEmpty();
                assertThat(reading.findings())
                        .as(name)
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.code()).isEqualTo(FindingCode.PRIVATE_KEY));
            }
        });
    }

    @Test
    void aKeyInAnInputOfAnyOtherKindIsSeen() {
        String key = "\n" + Pki.privateKey("Ed25519/one");
        Inputs.all().forEach((name, input) -> {
            // What is in UTF-16 or binary does not go on in ASCII, and what is too large is not looked at.
            boolean text = input.length < 100_000
                    && new String(input, ISO_8859_1).chars().allMatch(c -> c >= '\t' && c < 127);
            if (text) {
                byte[] both = Inputs.join(input, Pki.bytes(key));
                for (Reading reading : List.of(
                        DoorsTest.file(both),
                        DoorsTest.list(both),
                        new CertificateReader(DoorsTest.NOW).readSecret(Map.of("a", both), "secret"))) {
                    assertThat(reading.certificates()).as(name).isEmpty();
                    assertThat(reading.findings())
                            .as(name)
                            .extracting(Finding::code)
                            .containsExactly(FindingCode.PRIVATE_KEY);
                }
            }
        });
    }

    /** Every stretch of 12 base64 characters. */
    private static List<String> windows(String base64) {
        List<String> windows = new ArrayList<>();
        for (int i = 0; i + 12 <= base64.length(); i += 12) {
            windows.add(base64.substring(i, i + 12));
        }
        return windows;
    }
}
