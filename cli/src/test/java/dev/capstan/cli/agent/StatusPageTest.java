package dev.capstan.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the page says of each state, and what it tells to do. */
class StatusPageTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final InstalledAgent AGENT =
            new InstalledAgent(new Layout(Path.of("/")), "w1", "https://api.corp.test:6443");
    private static final Map<String, String> RUNNING =
            Map.of("ActiveState", "active", "UnitFileState", "enabled", "MainPID", "77");
    private static final Credential.Life LIFE =
            new Credential.Life(NOW.minusSeconds(86_400), NOW.plusSeconds(29 * 86_400));
    private static final StatusFacts.ClusterAnswer WELL = answer("", "uid", """
            {"spec": {"followSecret": true}, "status": {"level": "Loaded", "wanted": "v1:abc", "lane": {"name": "Isolated"},
             "certificates": [{"subject": "CN=Corp", "notAfter": "2027-01-01T00:00:00Z", "sources": ["secret/ca.crt"]}]}}
            """);

    private static StatusFacts.ClusterAnswer answer(String failure, String uid, String trust) {
        return new StatusFacts.ClusterAnswer(
                failure,
                uid,
                trust.isEmpty() ? Json.missing() : Json.parse(trust),
                Json.parse("{\"spec\":{\"renewTime\":\"2026-11-22T11:59:50.000000Z\"}}"));
    }

    private static StatusPage page(Map<String, String> unit, Credential.Life life, StatusFacts.ClusterAnswer answer) {
        return StatusPage.of(
                new StatusFacts(
                        AGENT,
                        "1.0-abc",
                        unit,
                        RUNNING,
                        List.of("the agent's last words"),
                        "uid",
                        life,
                        new StatusFacts.LastGood("v1:abc", 1, NOW.minusSeconds(600)),
                        answer),
                NOW);
    }

    @Test
    void agentThatIsWellHasNothingToDo() {
        StatusPage page = page(RUNNING, LIFE, WELL);

        assertThat(page.isWell()).as(page.text()).isTrue();
        assertThat(page.text())
                .contains("Loaded, lane Isolated", "CN=Corp, until 2027-01-01", "(10 s ago)", "good until 2026-12-21")
                .endsWith(String.format("Nothing to do.%n"));
    }

    @Test
    void expiredCredentialIsSaidLoudlyAndFirst() {
        var expired = new Credential.Life(NOW.minusSeconds(40 * 86_400), NOW.minusSeconds(10 * 86_400));

        StatusPage page = page(RUNNING, expired, answer("The API answered 401", "", ""));

        assertThat(page.isWell()).isFalse();
        assertThat(page.text()).contains("EXPIRED", "keeps its last good set", "the agent's last words");
        assertThat(page.json().path("todo").get(0).asText())
                .contains("capstan agent credential w1", "capstan agent install --credential");
    }

    @Test
    void credentialThatShouldHaveBeenRenewedIsSaidBeforeItEnds() {
        var late = new Credential.Life(NOW.minusSeconds(25 * 86_400), NOW.plusSeconds(5 * 86_400));

        assertThat(page(RUNNING, late, WELL).text()).contains("should have been renewed and was not");
    }

    @Test
    void apiThatIsAwayAndAnotherClusterAreToldApart() {
        assertThat(page(RUNNING, LIFE, answer("it does not accept connections", "", ""))
                        .text())
                .contains("none now: it does not accept connections", "curl --cacert /etc/capstan/api-ca.crt");
        assertThat(page(RUNNING, LIFE, answer("", "another", "")).text())
                .contains("another cluster answers", "is the address right?");
    }

    @Test
    void serviceThatDoesNotRunOrIsNotEnabledIsToBeMended() {
        assertThat(page(Map.of("ActiveState", "failed", "UnitFileState", "disabled"), LIFE, WELL)
                        .text())
                .contains("systemctl restart capstan-agent.service", "systemctl enable capstan-agent.service");
    }

    @Test
    void problemAndFindingsOfTheNodeTrustAreWhatToDo() {
        assertThat(page(RUNNING, LIFE, answer("", "uid", """
                        {"spec": {"followSecret": true}, "status": {"problem": {"reason": "RuntimeStale", "message": "restart it"},
                         "findings": [{"severity": "error", "source": "secret/bad.crt", "message": "no certificate.", "fix": "Give one."}]}}
                        """)).text())
                .contains("RuntimeStale: restart it", "secret/bad.crt: no certificate. Give one.");
    }

    @Test
    void nodeWithoutAgentSaysHowToInstallOne() {
        var page = StatusPage.of(new StatusFacts(null, "", Map.of(), Map.of(), List.of(), "", null, null, null), NOW);

        assertThat(page.isInstalled()).isFalse();
        assertThat(page.text()).contains("No agent is installed", "capstan agent install --credential FILE");
    }
}
