package dev.capstan.agent.proof;

import dev.capstan.certificates.Severity;
import dev.capstan.proof.Endpoint;
import dev.capstan.resources.Names;
import dev.capstan.resources.NodeTrust;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * The endpoints that prove this node's trust: those of its NodeTrust, then those of the Secret's annotation, each once.
 *
 * @param endpoints at most {@link NodeTrust.Spec#MAX_PROBES}
 * @param findings what was named and is none, or is too much
 */
public record Probes(List<Endpoint> endpoints, List<NodeTrust.StatusFinding> findings) {

    /** Nothing is named. */
    public static final Probes NONE = new Probes(List.of(), List.of());

    private static final String FIELD = "NodeTrust.spec.probes";
    private static final String ANNOTATION = "annotation " + Names.PROBE_ANNOTATION;
    private static final String BETWEEN = ", \t\r\n";
    private static final String WARNING = Severity.WARNING.word();
    private static final String FORMS = "Write registry.corp:443, https://host/path, or an image with its registry.";

    public Probes {
        endpoints = List.copyOf(endpoints);
        findings = List.copyOf(findings);
    }

    /**
     * Reads what is named.
     *
     * @param field one endpoint each
     * @param annotation endpoints between commas or white space
     */
    public static Probes of(List<String> field, String annotation) {
        if (field.isEmpty() && annotation.isBlank()) {
            return NONE;
        }
        Reading reading = new Reading();
        field.forEach(text -> reading.take(FIELD, text));
        StringTokenizer words = new StringTokenizer(annotation, BETWEEN);
        while (words.hasMoreTokens()) {
            reading.take(ANNOTATION, words.nextToken());
        }
        return reading.probes();
    }

    private static final class Reading {

        private final Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        private final List<NodeTrust.StatusFinding> findings = new ArrayList<>();
        private String crowded = "";
        private int left;

        void take(String source, String text) {
            if (text.length() > NodeTrust.Spec.MAX_PROBE_LENGTH) {
                wrong(
                        source,
                        "an endpoint has " + text.length() + " characters; more than " + NodeTrust.Spec.MAX_PROBE_LENGTH
                                + " are not taken");
                return;
            }
            Endpoint endpoint;
            try {
                endpoint = Endpoint.parse(text);
            } catch (IllegalArgumentException none) {
                wrong(source, none.getMessage() + "");
                return;
            }
            if (endpoints.containsKey(endpoint.text())) {
                return;
            }
            if (endpoints.size() < NodeTrust.Spec.MAX_PROBES) {
                endpoints.put(endpoint.text(), endpoint);
            } else {
                crowded = source;
                left++;
            }
        }

        private void wrong(String source, String words) {
            if (findings.size() < NodeTrust.Spec.MAX_PROBES) {
                findings.add(new NodeTrust.StatusFinding("not-an-endpoint", WARNING, source, words + ".", FORMS));
            }
        }

        Probes probes() {
            if (left > 0) {
                findings.add(new NodeTrust.StatusFinding(
                        "too-many-endpoints",
                        WARNING,
                        crowded,
                        left + " more endpoints than the " + NodeTrust.Spec.MAX_PROBES
                                + " that a node proves are named; they are left out.",
                        "Name fewer; one for each CA is enough."));
            }
            return new Probes(List.copyOf(endpoints.values()), findings);
        }
    }
}
