package dev.capstan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.NodeTrust.TrustedCertificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A CA goes from a node when the node has it from nowhere any more, and breaks what was proven by it. */
class DepartureTest {

    private static final String CA = "a".repeat(64);
    private static final Map<String, String> POOLS = Map.of("n1", "first", "n2", "second");

    private static List<String> nodes(Departure departure, String... sources) {
        var certificate = new TrustedCertificate("CN=a", CA, "2030-01-01T00:00:00Z", List.of(sources));
        Map<String, Map<String, TrustedCertificate>> anchors =
                Map.of("n1", Map.of("r:443", certificate), "n2", Map.of("r:443", certificate));
        return departure.endangers(anchors, POOLS).stream()
                .flatMap(endpoint -> endpoint.nodes().stream())
                .toList();
    }

    @Test
    void whatLeavesTheListGoesUnlessTheSecretHoldsItToo() {
        var departure = new Departure(Set.of(CA), Set.of());
        assertThat(nodes(departure, "list")).containsExactly("n1", "n2");
        assertThat(nodes(departure, "list", "secret/x")).isEmpty();
        assertThat(nodes(departure, "secret/x")).isEmpty();
        assertThat(nodes(new Departure(Set.of("b".repeat(64)), Set.of()), "list"))
                .isEmpty();
    }

    @Test
    void whatCameFromTheSecretGoesFromPoolsThatFollowItNoMore() {
        var departure = new Departure(Set.of(), Set.of("second"));
        assertThat(nodes(departure, "secret/x")).containsExactly("n2");
        assertThat(nodes(departure, "list", "secret/x")).isEmpty();
        assertThat(nodes(new Departure(Set.of(CA), Set.of("first")), "list", "secret/x"))
                .containsExactly("n1");
    }

    @Test
    void theGuardHoldsWhatANodeOfItsPoolsProved() {
        var both = List.of(
                new EndangeredEndpoint("r:443", "CN=a", CA, List.of("n1", "n2")),
                new EndangeredEndpoint("s:443", "CN=a", CA, List.of("n1")),
                new EndangeredEndpoint("t:443", "CN=a", CA, List.of("of no pool")));
        assertThat(Departure.held(both, POOLS, Set.of("second")))
                .extracting(EndangeredEndpoint::endpoint)
                .containsExactly("r:443");
        assertThat(Departure.held(both, POOLS, Set.of())).isEmpty();
    }
}
