package dev.capstan.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chains of every kind by a real server: what a proof makes of them, and what Go does. */
class TlsProofTest {

    private static final Duration LIMIT = Duration.ofMinutes(5);

    @ParameterizedTest(name = "{0} at {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        good                     | localhost     | Verified         | ok
        good                     | 127.0.0.1     | Verified         | ok
        by-intermediate          | localhost     | Verified         | ok
        in-disorder              | localhost     | Verified         | ok
        anchored-intermediate    | localhost     | Verified         | ok
        of-sha1-root             | localhost     | Verified         | ok
        of-v1-root               | localhost     | Verified         | ok
        for-servers              | localhost     | Verified         | ok
        name-permitted           | localhost     | Verified         | ok
        self-signed              | localhost     | Verified         | ok
        cross-signed             | localhost     | Verified         | ok
        unknown-ca               | localhost     | UnknownAuthority | signed by unknown authority
        empty-store              | localhost     | UnknownAuthority | signed by unknown authority
        other-key                | localhost     | UnknownAuthority | signed by unknown authority
        missing-intermediate     | localhost     | UnknownAuthority | signed by unknown authority
        self-signed-unknown      | localhost     | UnknownAuthority | signed by unknown authority
        wrong-host               | localhost     | HostnameMismatch | certificate is valid for registry.corp
        common-name              | localhost     | HostnameMismatch | legacy Common Name
        expired                  | localhost     | Expired          | is after
        not-yet-valid            | localhost     | NotYetValid      | is before
        of-expired-root          | localhost     | Expired          | expired or is not yet valid
        of-expired-intermediate  | localhost     | Expired          | expired or is not yet valid
        name-constraint          | localhost     | NameConstraint   | is not permitted by any constraint
        root-name-constraint     | localhost     | NameConstraint   | is not permitted by any constraint
        sha1                     | localhost     | WeakSignature    | insecure algorithm ECDSA-SHA1
        of-sha1-intermediate     | localhost     | WeakSignature    | insecure algorithm ECDSA-SHA1
        client-only              | localhost     | WrongUsage       | incompatible key usage
        of-client-intermediate   | localhost     | WrongUsage       | incompatible key usage
        of-no-ca                 | localhost     | NotACa           | x509
        path-too-long            | localhost     | NotACa           | x509
        """)
    void aChainIsJudgedAsAContainerRuntimeWould(String chain, String host, String reason, String go) throws Exception {
        try (var server = OpensslServer.start(chain)) {
            var endpoint = (TlsEndpoint) Endpoint.parse(host + ":" + server.port());

            var proof = TlsProof.of(endpoint, Chains.anchors(chain), Map.of(), LIMIT);

            assertThat(proof.reason().word()).as(proof.message()).isEqualTo(reason);
            assertThat(proof.chain()).isNotEmpty();
            assertThat(GoJudge.verdict(server.port(), host, Chains.roots(chain)))
                    .contains(go);
        }
    }
}
