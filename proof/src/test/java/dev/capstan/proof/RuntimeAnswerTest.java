package dev.capstan.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts of containerd 1.6 (Go 1.19), 1.7 and 2.1 (Go 1.20 and newer), after "failed to do request: Head "https://…": ". */
class RuntimeAnswerTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
        x509: certificate signed by unknown authority | UnknownAuthority
        tls: failed to verify certificate: x509: certificate signed by unknown authority | UnknownAuthority
        x509: certificate signed by unknown authority (possibly because of "x509: cannot verify signature: insecure algorithm SHA1-RSA" while trying to verify candidate authority certificate "Root") | WeakSignature
        tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "Root") | UnknownAuthority
        x509: certificate is valid for registry.corp, not other.corp | HostnameMismatch
        x509: certificate is not valid for any names, but wanted to match other.corp | HostnameMismatch
        tls: failed to verify certificate: x509: cannot validate certificate for 10.0.0.1 because it doesn't contain any IP SANs | HostnameMismatch
        x509: certificate relies on legacy Common Name field, use SANs instead | HostnameMismatch
        x509: certificate has expired or is not yet valid: current time 2026-11-22T10:00:00Z is after 2026-01-01T00:00:00Z | Expired
        tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T10:00:00Z is before 2027-01-01T00:00:00Z | NotYetValid
        x509: a root or intermediate certificate is not authorized to sign for this name: DNS name "x" is not permitted by any constraint | NameConstraint
        x509: certificate specifies an incompatible key usage | WrongUsage
        x509: too many intermediates for path length constraint | NotACa
        x509: certificate is not authorized to sign other certificates | NotACa
        x509: unhandled critical extension | BrokenChain
        proxyconnect tcp: tls: failed to verify certificate: x509: certificate signed by unknown authority | ProxyUntrusted
        proxyconnect tcp: x509: certificate has expired or is not yet valid: current time a is after b | ProxyUntrusted
        proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused | ProxyRefused
        Proxy Authentication Required | ProxyRefused
        unable to load CA cert from "/etc/containerd/certs.d/_default/x.crt" | HostDirectoryBroken
        unable to read CA cert "/etc/none.pem": open /etc/none.pem: no such file or directory | HostDirectoryBroken
        dial tcp: lookup registry.corp on 10.0.0.10:53: no such host | NameNotResolved
        dial tcp: lookup registry.corp: Temporary failure in name resolution | NameNotResolved
        dial tcp: lookup registry.corp on 10.0.0.10:53: server misbehaving | NameNotResolved
        dial tcp 10.0.0.1:443: connect: connection refused | ConnectionRefused
        dial tcp 10.0.0.1:443: connect: no route to host | Unreachable
        read tcp 10.0.0.2:1->10.0.0.1:443: read: connection reset by peer | Unreachable
        EOF | Other
        Head "https://registry.corp/v2/": EOF | Unreachable
        dial tcp 10.0.0.1:443: i/o timeout | TimedOut
        net/http: TLS handshake timeout | TimedOut
        context deadline exceeded | TimedOut
        http: server gave HTTP response to HTTPS client | NotTls
        tls: first record does not look like a TLS handshake | NotTls
        remote error: tls: handshake failure | HandshakeFailed
        unexpected status code [manifests sha256:0]: 429 Too Many Requests | TooManyRequests
        toomanyrequests: You have reached your pull rate limit | TooManyRequests
        unexpected status from HEAD request to https://registry.corp/v2/: 503 Service Unavailable | ServerError
        unexpected status from HEAD request to https://registry.corp/v2/: 500 Internal Server Error | ServerError
        registry.corp/app@sha256:0: not found | Verified
        pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed | Verified
        failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized | Verified
        unexpected status code https://registry.corp/v2/: 403 Forbidden | Verified
        something that nobody has seen before | Other
        """)
    void containerdsWordsAreUnderstood(String text, String reason) {
        var answer = RuntimeAnswer.of(2, text);

        assertThat(answer.reason().word()).isEqualTo(reason);
        assertThat(answer.words()).contains(text);
    }

    @ParameterizedTest
    @CsvSource({"5, Verified", "2, Other"})
    void notFoundIsKnownByItsCodeToo(int code, String reason) {
        assertThat(RuntimeAnswer.of(code, "nothing of that name").reason().word()).isEqualTo(reason);
    }
}
