package dev.capstan.resourceprovider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resourceprovider.wire.Route;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every endpoint that is served, taken from the server itself so that none escapes, asked by those who may not. */
class RefusalTest {

    private static final Map<String, String> VALUES = Map.of(
            "subscription", Lab.SUBSCRIPTION,
            "group", "rg",
            "cluster", "c1",
            "pool", "nodepool1",
            "location", "local",
            "principal", Lab.CLIENT,
            "namespace", "Microsoft.ContainerService",
            "provider", "Microsoft.ContainerService",
            "feature", "CustomCATrustPreview");

    private final Lab lab = new Lab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void withoutATokenOfThisServerThatIsGoodNowNothingIsAnswered() {
        lab.withCluster();
        String expired = lab.tokenOf(lab.principal("Owner", Lab.SUB));
        lab.pass(Duration.ofHours(2));
        String foreign;
        try (Lab other = new Lab()) {
            foreign = other.token(Lab.CLIENT, Lab.SECRET);
        }
        assertThat(lab.provider().routes()).hasSizeGreaterThan(20);
        for (Route route : lab.provider().routes()) {
            String path = path(route);
            for (String token : new String[] {"", expired, foreign, "nonsense"}) {
                Map<String, String> headers = token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
                Answer answer = lab.raw(
                        route.method(),
                        path + "?api-version=" + Lab.GA,
                        route.method().equals("GET") ? null : "{}",
                        headers);
                assertThat(answer.status())
                        .as("%s %s %s", route.method(), path, token)
                        .isEqualTo(401);
            }
        }
        assertThat(lab.stored().at("/spec/operation/kind").asText()).isEqualTo("Create");
    }

    @Test
    void aReaderChangesNothingAndReadsNoSecretAndWhoIsElsewhereNothingAtAll() {
        lab.withCluster();
        String reader = lab.tokenOf(lab.principal("Reader", Lab.SUB));
        String elsewhere = lab.tokenOf(lab.principal("Owner", Lab.SUB + "/resourceGroups/elsewhere"));
        Map<String, Integer> seen = new HashMap<>();
        for (Route route : lab.provider().routes()) {
            String path = path(route);
            boolean isRead = List.of("GET", "HEAD").contains(route.method());
            boolean isOwners = path.contains("capstan.identity") || path.contains("capstan.locations");
            int status =
                    lab.as(reader, route.method(), path, isRead ? null : "{}").status();
            seen.merge(isRead ? "read" : "write", 1, Integer::sum);
            if (isRead && !isOwners) {
                assertThat(status)
                        .as("%s %s", route.method(), path)
                        .isNotIn(401, 403)
                        .isLessThan(500);
            } else {
                assertThat(status).as("%s %s", route.method(), path).isEqualTo(403);
            }
            if (route.template().contains("{group}")
                    || (!isRead && route.template().contains("{subscription}"))) {
                assertThat(lab.as(elsewhere, route.method(), path, isRead ? null : "{}")
                                .status())
                        .as("%s %s", route.method(), path)
                        .isEqualTo(403);
            }
        }
        assertThat(seen.get("read")).isGreaterThan(10);
        assertThat(seen.get("write")).isGreaterThan(10);
        assertThat(lab.stored().at("/spec/operation/kind").asText()).isEqualTo("Create");
    }

    @Test
    void everyPathOfAGroupOrAClusterNamesThemAsAuthorizationReadsThem() {
        for (Route route : lab.provider().routes()) {
            List<String> template = route.template();
            for (Map.Entry<String, String> named : Map.of(
                            "subscriptions",
                            "{subscription}",
                            "resourcegroups",
                            "{group}",
                            "managedclusters",
                            "{cluster}")
                    .entrySet()) {
                int at = template.indexOf(named.getKey());
                if (at >= 0 && at + 1 < template.size()) {
                    assertThat(template.get(at + 1)).as(template.toString()).isEqualTo(named.getValue());
                }
            }
        }
    }

    private static String path(Route route) {
        StringBuilder path = new StringBuilder();
        for (String segment : route.template()) {
            String name = segment.startsWith("{") ? segment.substring(1, segment.length() - 1) : "";
            path.append('/').append(name.isEmpty() ? segment : VALUES.getOrDefault(name, "0"));
        }
        return path.toString();
    }
}
