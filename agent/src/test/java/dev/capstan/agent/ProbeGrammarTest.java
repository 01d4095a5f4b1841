package dev.capstan.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.Endpoint;
import dev.capstan.resources.ProbeEndpoints;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the control plane takes as an endpoint is what a proof can be made of, and nothing else. */
class ProbeGrammarTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.corp:443",
                "registry:5000",
                "registry.corp.:443",
                "a_b.corp:443",
                "10.0.0.1:8443",
                "[::1]:443",
                "[::1]",
                "registry.corp",
                "registry.corp:0",
                "registry.corp:65535",
                "registry.corp:65536",
                "registry.corp:",
                "registry.corp:x",
                "-registry:443",
                "https://registry.corp",
                "HTTPS://registry.corp/",
                "https://registry.corp:8443/v2/?a=b",
                "https://registry.corp:0/",
                "https://[2001:db8::1]/v2",
                "https://[2001:db8::1]:8443/v2",
                "https://user@registry.corp",
                "https://registry.corp/#part",
                "https://",
                "https:///path",
                "https://registry corp/",
                "http://registry.corp",
                "oci://registry.corp/app",
                "docker.io/library/busybox:1",
                "localhost/app",
                "localhost:5000/app",
                "registry.corp:5000/team/app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "registry.corp/app@sha256:abc",
                "registry.corp/App",
                "registry.corp/app:",
                "registry.corp/a//b",
                "registry.corp/",
                "library/busybox:1",
                "busybox:latest",
                "/app"
            })
    void bothReadersAgree(String entry) {
        boolean isProvable;
        try {
            isProvable = Endpoint.parse(entry).text().equals(entry);
        } catch (IllegalArgumentException none) {
            isProvable = false;
        }
        assertThat(ProbeEndpoints.read(entry).endpoints().contains(entry))
                .as(entry)
                .isEqualTo(isProvable && !entry.contains(" "));
    }
}
