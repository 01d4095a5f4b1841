package dev.capstan.controller;

import static dev.capstan.controller.Lab.MANAGEMENT;
import static dev.capstan.controller.Lab.TIMING;
import static dev.capstan.controller.Lab.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every reason of the condition {@code CustomCATrusted}: a controller with its own rights alone gives each of them, each with
 * the status that docs/monitoring.md names, and there is no other.
 */
class ConditionReasonsTest {

    private static final Path PAGE = Path.of("../docs/monitoring.md");
    private static final String SET = "v1:" + "0".repeat(64);

    /**
     * A node, and the reason that it is to get. Where no problem is named its agent reports these levels.
     *
     * @param labels of the Node, as JSON
     * @param speaks whether it has an agent
     */
    private record Case(
            String status,
            String reason,
            String labels,
            boolean speaks,
            @Nullable String written,
            @Nullable String loaded,
            @Nullable String proven,
            List<NodeTrust.StatusFinding> findings,
            NodeTrust.@Nullable Problem problem) {

        private static final String FOLLOWS = "\"" + Names.TRUST_ENABLED_LABEL + "\":\"true\"";

        static Case at(String status, String reason, String labels, @Nullable String... levels) {
            return new Case(status, reason, labels, true, levels[0], levels[1], levels[2], List.of(), null);
        }

        static Case problem(String reason) {
            return new Case(
                    "False", reason, FOLLOWS, true, SET, SET, SET, List.of(), new NodeTrust.Problem(reason, "why"));
        }

        String node() {
            return "node-" + reason.toLowerCase(Locale.ROOT);
        }
    }

    private static final List<Case> TABLE = List.of(
            Case.at("True", "Loaded", Case.FOLLOWS, SET, SET, null),
            Case.at("True", "Proven", Case.FOLLOWS, SET, SET, SET),
            new Case(
                    "True",
                    "Quarantined",
                    Case.FOLLOWS,
                    true,
                    SET,
                    SET,
                    null,
                    List.of(new NodeTrust.StatusFinding("not-a-ca", "error", "secret/bad.crt", "no CA", "take it out")),
                    null),
            Case.at("False", "NotEnabled", "", SET, SET, null),
            Case.at("False", "Pending", Case.FOLLOWS, null, null, null),
            Case.at("False", "Written", Case.FOLLOWS, SET, null, null),
            Case.problem("StoreFailed"),
            Case.problem("RuntimeStale"),
            Case.problem("RuntimeUnknown"),
            Case.problem("Refuted"),
            Case.problem("SecretUnknown"),
            Case.problem("CertificateSetMissing"),
            Case.problem("Unsupported"),
            new Case("Unknown", "AgentSilent", Case.FOLLOWS, false, null, null, null, List.of(), null));

    private static Map<String, String> byReason() {
        return new TreeMap<>(TABLE.stream().collect(Collectors.toMap(Case::reason, Case::status)));
    }

    @Test
    void noReasonIsMissingHereOrInTheDocumentation() throws IOException {
        assertThat(byReason().keySet()).containsExactlyInAnyOrderElementsOf(TrustVerdict.REASONS);
        Map<String, String> documented = new TreeMap<>();
        try (var lines = Files.lines(PAGE)) {
            lines.map(line -> line.split(" *\\| *", -1))
                    .filter(cells -> cells.length > 3
                            && List.of("True", "False", "Unknown").contains(cells[1]))
                    .forEach(cells -> Arrays.stream(cells[2].split(", ", -1))
                            .forEach(reason -> documented.put(reason.replace("`", ""), cells[1])));
        }
        assertThat(documented).isEqualTo(byReason());
    }

    @Test
    void theControllerGivesEachOfThem() {
        try (Lab lab = new Lab()) {
            lab.installDefinitions();
            Definitions.ensureNamespace(lab.client(MANAGEMENT));
            try (Controller _ = Controller.start(
                    ControllerConfig.forThisCluster(lab.inCluster(), ControllerConfig.ThisCluster.STANDARD)
                            .withTiming(TIMING))) {
                TABLE.forEach(one -> lab.create(
                        MANAGEMENT,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + one.node()
                                + "\",\"labels\":{" + one.labels() + "}}}"));
                TABLE.stream().filter(Case::speaks).forEach(one -> speak(lab, one));
                for (Case one : TABLE) {
                    await(
                            one.reason() + "; the node says " + said(lab, one),
                            () -> said(lab, one).equals(one.status() + " " + one.reason()));
                }
            }
        }
    }

    private static void speak(Lab lab, Case one) {
        String node = one.node();
        await("Lease of " + node, () -> lab.bearing(MANAGEMENT, node).contains("leases.coordination.k8s.io/" + node));
        await(
                "it is asked what it shall",
                () -> lab.trust(MANAGEMENT, node) != null
                        && lab.trust(MANAGEMENT, node).getSpec().followSecret()
                                != one.labels().isEmpty());
        lab.renewLease(MANAGEMENT, node);
        lab.report(
                MANAGEMENT,
                node,
                new NodeTrust.Status(
                        lab.trust(MANAGEMENT, node).getMetadata().getGeneration(),
                        SET,
                        one.written(),
                        one.loaded(),
                        one.proven(),
                        null,
                        List.of(),
                        one.findings(),
                        one.problem(),
                        null,
                        "1",
                        null));
    }

    private static String said(Lab lab, Case one) {
        NodeCondition condition = lab.condition(MANAGEMENT, one.node(), Names.NODE_CONDITION);
        return condition == null ? "nothing" : condition.getStatus() + " " + condition.getReason();
    }
}
