package dev.capstan.cli.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.capstan.cli.session.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page: a pure function of what was found and of the time. What is to be done is at its end, the most urgent first. */
final class StatusPage {

    /** The agent renews its Lease every 30 s; two that were missed are a hole. */
    private static final Duration SILENT = Duration.ofSeconds(100);

    /** A third of a token's life before its end: the agent should have renewed it at half. */
    private static final int LATE_PART = 3;

    private final StatusFacts facts;
    private final Instant now;
    private final List<String> todo = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final ObjectNode json = Json.object();

    private StatusPage(StatusFacts facts, Instant now) {
        this.facts = facts;
        this.now = now;
    }

    static StatusPage of(StatusFacts facts, Instant now) {
        var page = new StatusPage(facts, now);
        page.write();
        return page;
    }

    boolean isInstalled() {
        return facts.agent() != null;
    }

    boolean isWell() {
        return todo.isEmpty();
    }

    String text() {
        return text.toString();
    }

    JsonNode json() {
        return json;
    }

    private void write() {
        var agent = facts.agent();
        if (agent == null) {
            text.append(String.format("No agent is installed on this node.%n"));
            todo.add("capstan agent install --credential FILE");
        } else {
            line(
                    "node",
                    agent.node() + " of the cluster at " + agent.server() + ", kube-system "
                            + or(facts.pin(), "not met yet"));
            service();
            boot();
            line("program", or(facts.version(), "none"));
            contact();
            trust();
            lastGood();
            credential(agent);
        }
        if (todo.isEmpty()) {
            text.append(String.format("Nothing to do.%n"));
        } else {
            text.append(String.format("What to do:%n"));
            todo.forEach(step -> text.append(String.format("  - %s%n", step)));
        }
        var steps = json.putArray("todo");
        todo.forEach(steps::add);
    }

    private void service() {
        var unit = facts.agentUnit();
        var state = unit.getOrDefault("ActiveState", "unknown");
        var running = state.equals("active");
        line(
                "service",
                Layout.AGENT_UNIT + " " + state
                        + (running
                                ? " since " + unit.getOrDefault("ActiveEnterTimestamp", "?") + ", process "
                                        + unit.getOrDefault("MainPID", "?") + ", " + unit.getOrDefault("NRestarts", "0")
                                        + " restarts"
                                : " (" + unit.getOrDefault("SubState", "?") + "), last exit code "
                                        + unit.getOrDefault("ExecMainStatus", "?")));
        if (!running) {
            todo.add("the agent does not run: systemctl restart " + Layout.AGENT_UNIT + "; journalctl -u "
                    + Layout.AGENT_UNIT);
        }
        notEnabled(unit, Layout.AGENT_UNIT);
        if (!running || noContact()) {
            facts.lastWords().forEach(words -> line("", words));
        }
    }

    private void boot() {
        var unit = facts.trustUnit();
        var done = unit.getOrDefault("ActiveState", "").equals("active");
        line(
                "at boot",
                Layout.TRUST_UNIT
                        + (done
                                ? " applied the last good set at " + unit.getOrDefault("ActiveEnterTimestamp", "?")
                                : " " + unit.getOrDefault("ActiveState", "unknown") + ", exit code "
                                        + unit.getOrDefault("ExecMainStatus", "?")));
        if (!done) {
            todo.add("the last good set was not applied at boot: journalctl -u " + Layout.TRUST_UNIT);
        }
        notEnabled(unit, Layout.TRUST_UNIT);
    }

    private void notEnabled(Map<String, String> unit, String name) {
        if (!unit.getOrDefault("UnitFileState", "").equals("enabled")) {
            todo.add(name + " does not start at boot: systemctl enable " + name);
        }
    }

    private boolean noContact() {
        var answer = facts.answer();
        return answer == null || !answer.failure().isEmpty();
    }

    private void contact() {
        var answer = facts.answer();
        if (answer == null) {
            line("contact", "not tried: a part of the agent's credential is gone");
            todo.add(
                    "the credential is not whole: make one with 'capstan agent credential', then here 'capstan agent install"
                            + " --credential FILE'");
            return;
        }
        if (!answer.failure().isEmpty()) {
            line("contact", "none now: " + answer.failure() + " The node keeps its last good set");
            if (!isExpired()) {
                todo.add("reach the API from here: curl --cacert /etc/capstan/api-ca.crt " + server() + "/readyz");
            }
            return;
        }
        if (!facts.pin().isEmpty() && !answer.uid().equals(facts.pin())) {
            line("contact", "another cluster answers, kube-system " + answer.uid() + "; nothing it says is acted on");
            todo.add(
                    "this node belongs to another cluster than the one that answers: is the address right? If it was given to"
                            + " this one on purpose: capstan agent uninstall, then install with a credential of it");
            return;
        }
        var renewed = time(answer.lease().at("/spec/renewTime").asText(""));
        line(
                "contact",
                "the API answers; the agent's last sign of life there: "
                        + renewed.map(at -> ago(at)).orElse("none"));
        if (renewed.filter(at -> Duration.between(at, now).compareTo(SILENT) <= 0)
                .isEmpty()) {
            todo.add("the API answers here, and the agent has not been heard of there: journalctl -u "
                    + Layout.AGENT_UNIT);
        }
    }

    private void trust() {
        var answer = facts.answer();
        if (answer == null || !answer.failure().isEmpty()) {
            return;
        }
        if (answer.nodeTrust().isMissingNode()) {
            line("trust", "the cluster has no NodeTrust for this node: nothing was asked of it yet");
            todo.add("see that the controller runs: kubectl -n capstan-system get deployment capstan-controller");
            return;
        }
        var status = answer.nodeTrust().path("status");
        line(
                "level",
                or(status.path("level").asText(""), "none") + ", lane "
                        + or(
                                status.at("/lane/name")
                                        .asText(status.at("/lane/kind").asText("")),
                                "not known"));
        line(
                "set",
                or(status.path("wanted").asText(""), "none")
                        + since(status.path("lastChange").asText("")));
        for (var certificate : status.path("certificates")) {
            line(
                    "",
                    certificate.path("subject").asText() + ", until "
                            + certificate.path("notAfter").asText() + ", from " + sources(certificate.path("sources")));
        }
        if (!answer.nodeTrust().at("/spec/followSecret").asBoolean(false)) {
            line(
                    "secret",
                    "not followed: the Node has no label kubernetes.azure.com/custom-ca-trust-enabled=true, or its pool says no");
        }
        var problem = status.path("problem");
        if (problem.isObject()) {
            todo.add(problem.path("reason").asText() + ": "
                    + problem.path("message").asText());
        }
        for (var finding : status.path("findings")) {
            if (finding.path("severity").asText().equals("error")) {
                todo.add(finding.path("source").asText() + ": "
                        + finding.path("message").asText() + " "
                        + finding.path("fix").asText());
            }
        }
    }

    private void lastGood() {
        var set = facts.lastGood();
        line(
                "on disk",
                set == null
                        ? "no last good set yet"
                        : set.fingerprint() + ", " + set.certificates() + " certificate"
                                + (set.certificates() == 1 ? "" : "s") + ", recorded " + ago(set.since()));
    }

    private void credential(InstalledAgent agent) {
        var life = facts.life();
        if (life == null) {
            line("credential", "its token does not say how long it is good");
            return;
        }
        var again = "on an administrator's machine 'capstan agent credential " + agent.node()
                + " -o FILE', then here 'capstan agent install --credential FILE'";
        if (isExpired()) {
            line(
                    "credential",
                    "EXPIRED " + ago(life.expires()) + ": the API refuses the agent, the node keeps its last good set");
            todo.addFirst("the credential has expired: " + again);
            return;
        }
        line("credential", "good until " + life.expires() + "; the agent renews it at " + life.renewal());
        var left = Duration.between(now, life.expires());
        if (left.multipliedBy(LATE_PART).compareTo(Duration.between(life.issued(), life.expires())) < 0) {
            todo.add("the credential should have been renewed and was not, and ends at " + life.expires()
                    + ": let the agent reach the API, or " + again);
        }
    }

    private boolean isExpired() {
        var life = facts.life();
        return life != null && now.isAfter(life.expires());
    }

    private String server() {
        var agent = facts.agent();
        return agent == null ? "" : agent.server();
    }

    private void line(String name, String words) {
        text.append(String.format("  %-11s%s%n", name, words));
        if (!name.isEmpty()) {
            json.put(name, words);
        }
    }

    private String since(String at) {
        return time(at).map(changed -> ", changed " + ago(changed)).orElse("");
    }

    private String ago(Instant at) {
        var seconds = Duration.between(at, now).toSeconds();
        var amount = Math.abs(seconds);
        var words = amount < 120
                ? amount + " s"
                : amount < 7200
                        ? amount / 60 + " min"
                        : amount < 172_800 ? amount / 3600 + " h" : amount / 86_400 + " days";
        return at.truncatedTo(ChronoUnit.SECONDS) + " (" + (seconds < 0 ? "in " + words : words + " ago") + ")";
    }

    private static String sources(JsonNode sources) {
        List<String> words = new ArrayList<>();
        sources.forEach(source -> words.add(source.asText()));
        return String.join(", ", words);
    }

    private static Optional<Instant> time(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException none) {
            return Optional.empty();
        }
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
