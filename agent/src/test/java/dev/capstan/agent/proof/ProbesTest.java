package dev.capstan.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.proof.Endpoint;
import dev.capstan.resources.NodeTrust;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProbesTest {

    @Test
    void fieldAndAnnotationCountTogetherEachEndpointOnce() {
        Probes probes = Probes.of(
                List.of("registry.corp:443"), "registry.corp:443,https://git.corp/x\n docker.io/library/busybox:1");
        assertThat(probes.endpoints())
                .extracting(Endpoint::text)
                .containsExactly("registry.corp:443", "https://git.corp/x", "docker.io/library/busybox:1");
        assertThat(probes.findings()).isEmpty();
        assertThat(Probes.of(List.of(), " ,\n")).isEqualTo(Probes.NONE);
    }

    @Test
    void whatIsNoEndpointIsNamedWithItsPlaceAndTheOthersCount() {
        Probes probes = Probes.of(List.of("http://plain.corp"), "registry.corp good.corp:443");
        assertThat(probes.endpoints()).extracting(Endpoint::text).containsExactly("good.corp:443");
        assertThat(probes.findings())
                .extracting(NodeTrust.StatusFinding::code, NodeTrust.StatusFinding::source)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("not-an-endpoint", "NodeTrust.spec.probes"),
                        org.assertj.core.groups.Tuple.tuple("not-an-endpoint", "annotation capstan.dev/probe"));
        assertThat(probes.findings())
                .allSatisfy(finding -> assertThat(finding.severity()).isEqualTo("warning"));
        assertThat(probes.findings().getLast().message()).contains("registry.corp");
    }

    @Test
    void moreThanANodeProvesAreLeftOutAndCounted() {
        String many = IntStream.range(0, 25).mapToObj(i -> "host" + i + ":443").collect(Collectors.joining(" "));
        Probes probes = Probes.of(List.of(), many);
        assertThat(probes.endpoints()).hasSize(NodeTrust.Spec.MAX_PROBES);
        assertThat(probes.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).startsWith("5 more endpoints"));
    }

    @Test
    void anAnnotationOfGarbageMakesNoEndlessList() {
        Probes probes = Probes.of(List.of(), "nothing ".repeat(10_000) + "x".repeat(5000));
        assertThat(probes.endpoints()).isEmpty();
        assertThat(probes.findings()).hasSizeLessThanOrEqualTo(NodeTrust.Spec.MAX_PROBES);
        assertThat(probes.findings())
                .allSatisfy(finding -> assertThat(finding.message()).hasSizeLessThan(700));
    }
}
