package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.AgentPool.TrustRules;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrustTagsTest {

    private static final String SET = "v1:" + "a".repeat(64);

    @Test
    void withoutTagsThereAreNoRules() {
        assertThat(TrustTags.of(null).rules(List.of())).isNull();
        assertThat(TrustTags.of(null).rules(List.of("a.corp:443")).givenUp()).containsExactly("a.corp:443");
        assertThat(of(Map.of("team", "a", "capstan-removal-guard", "false")).rules(List.of()))
                .isNull();
    }

    @Test
    void namesOfTagsHaveNoCase() {
        assertThat(of(Map.of("Capstan-Removal-Guard", "True", "CAPSTAN-RUNTIME-RESTART", "Never"))
                        .rules(List.of()))
                .isEqualTo(new TrustRules(List.of(), true, "Never", List.of()));
    }

    @Test
    void aPoolsEndpointsComeAfterItsClustersAndEitherIsEnoughForARule() {
        TrustTags cluster = of(Map.of("capstan-probe", "a.corp:443 b.corp:443", "capstan-removal-guard", "true"));
        TrustTags pool = of(Map.of("capstan-probe", "b.corp:443,c.corp:443", "capstan-runtime-restart", "never"));
        assertThat(cluster.and(pool).rules(List.of()))
                .isEqualTo(new TrustRules(List.of("a.corp:443", "b.corp:443", "c.corp:443"), true, "Never", List.of()));
        assertThat(of(Map.of("capstan-removal-guard-override", SET)).override()).isEqualTo(SET);
    }

    @Test
    void everyFaultNamesItsTag() {
        assertThat(of(Map.of(
                                "capstan-probe", "registry.corp",
                                "capstan-removal-guard", "yes",
                                "capstan-removal-guard-override", "now",
                                "capstan-runtime-restart", "always"))
                        .faults())
                .hasSize(4)
                .allSatisfy(fault -> assertThat(fault).startsWith("tag capstan-"));
    }

    @Test
    void aNodeTakesTwentyEndpointsAndNoMore() {
        TrustTags cluster = of(Map.of("capstan-probe", endpoints(0, 15)));
        TrustTags pool = of(Map.of("capstan-probe", endpoints(10, 21)));
        assertThat(cluster.and(pool).faults()).singleElement().asString().contains("up to 20 endpoints", "here are 21");
        assertThat(cluster.and(pool).rules(List.of()).probes()).hasSize(20);
        assertThat(cluster.and(of(Map.of("capstan-probe", endpoints(10, 20)))).faults())
                .isEmpty();
    }

    private static String endpoints(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "r" + i + ".corp:443").collect(Collectors.joining(" "));
    }

    private static TrustTags of(Map<String, Object> tags) {
        return TrustTags.of(Map.of("tags", tags));
    }
}
