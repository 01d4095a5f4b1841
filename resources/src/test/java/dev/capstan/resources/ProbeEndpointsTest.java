package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProbeEndpointsTest {

    @Test
    void whatIsAnEndpointIsTakenAsItWasWritten() {
        for (String endpoint : List.of(
                "registry.corp:443",
                "registry:5000",
                "10.0.0.1:8443",
                "[::1]:443",
                "https://registry.corp",
                "https://registry.corp:8443/v2/?a=b",
                "HTTPS://registry.corp/",
                "https://[2001:db8::1]/",
                "docker.io/library/busybox:1",
                "registry.corp:5000/team/app@sha256:" + "a".repeat(64),
                "localhost/app")) {
            assertThat(ProbeEndpoints.read(endpoint))
                    .as(endpoint)
                    .isEqualTo(new ProbeEndpoints(List.of(endpoint), List.of()));
        }
    }

    @Test
    void whatIsNoneIsNamedWithWhatIsTheMatter() {
        Map.of(
                        "registry.corp", "'registry.corp' has no port; write registry.corp:443",
                        "registry.corp:0", "has a port that is not between 1 and 65535",
                        "registry.corp:99999", "has a port that is not between 1 and 65535",
                        "http://registry.corp", "is not an https URL",
                        "https://user@registry.corp", "is not an https URL of a host",
                        "https://", "is not a URL",
                        "library/busybox:1", "has no registry; write it whole, such as docker.io/library/busybox:1",
                        "registry.corp/App", "is no image reference",
                        "registry.corp/app@sha256:abc", "is no image reference",
                        "-:443", "names no host")
                .forEach((entry, words) -> assertThat(ProbeEndpoints.read(entry).faults())
                        .as(entry)
                        .singleElement()
                        .asString()
                        .startsWith("'" + entry + "' ")
                        .contains(words));
    }

    @Test
    void theyStandBetweenCommasAndWhiteSpaceAndCountOnce() {
        ProbeEndpoints read = ProbeEndpoints.read(" a.corp:443, b.corp:443\nc.corp:443,,a.corp:443 nonsense\t");
        assertThat(read.endpoints()).containsExactly("a.corp:443", "b.corp:443", "c.corp:443");
        assertThat(read.faults()).hasSize(1);
        assertThat(ProbeEndpoints.read("  ")).isEqualTo(ProbeEndpoints.none());
    }

    @Test
    void anEntryThatIsTooLongIsShownInPart() {
        assertThat(ProbeEndpoints.read("a".repeat(600) + ":443").faults())
                .singleElement()
                .asString()
                .hasSizeLessThan(150)
                .contains("more than 512 characters");
    }
}
