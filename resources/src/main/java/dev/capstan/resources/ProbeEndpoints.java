package dev.capstan.resources;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Endpoints that prove a node's trust, as people write them into a tag or an annotation: {@code registry.corp:443},
 * {@code https://host/path}, or an image reference with its registry, between commas or white space. This is what the
 * control plane refuses with words; the grammar is the one of what makes the proofs, and a test holds the two together.
 *
 * @param endpoints those that are endpoints, each once, in their order
 * @param faults of each that is none, what is the matter; it begins with the entry in quotation marks
 */
public record ProbeEndpoints(List<String> endpoints, List<String> faults) {

    private static final int LONGEST = NodeTrust.Spec.MAX_PROBE_LENGTH;
    private static final int HIGHEST_PORT = 65_535;

    private static final Pattern ADDRESS = Pattern.compile(
            "(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?\\.?|\\[[0-9A-Fa-f:.]+])(?::(?<port>[0-9]{1,5}))?");

    /** distribution/reference: the grammar of references. */
    private static final Pattern IMAGE =
            Pattern.compile("(?<registry>[A-Za-z0-9.-]+(?::(?<port>[0-9]{1,5}))?|\\[[0-9A-Fa-f:]+](?::[0-9]{1,5})?)"
                    + "/[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
                    + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?");

    public ProbeEndpoints {
        endpoints = List.copyOf(endpoints);
        faults = List.copyOf(faults);
    }

    /** No endpoint at all. */
    public static ProbeEndpoints none() {
        return new ProbeEndpoints(List.of(), List.of());
    }

    /** Reads the value of a tag or an annotation; an empty one names no endpoint. */
    public static ProbeEndpoints read(String text) {
        Set<String> endpoints = new LinkedHashSet<>();
        List<String> faults = new ArrayList<>();
        for (String entry : text.strip().split("[\\s,]+", -1)) {
            if (!entry.isEmpty()) {
                String fault = fault(entry);
                if (fault.isEmpty()) {
                    endpoints.add(entry);
                } else {
                    faults.add("'" + shown(entry) + "' " + fault);
                }
            }
        }
        return new ProbeEndpoints(List.copyOf(endpoints), faults);
    }

    /** Those of this one and of the other, each once; a node takes no more than {@link NodeTrust.Spec#MAX_PROBES}. */
    public ProbeEndpoints and(ProbeEndpoints other) {
        Set<String> both = new LinkedHashSet<>(endpoints);
        both.addAll(other.endpoints);
        List<String> allFaults = new ArrayList<>(faults);
        allFaults.addAll(other.faults);
        return new ProbeEndpoints(List.copyOf(both), allFaults);
    }

    /** What keeps the entry from being an endpoint; empty where nothing does. */
    private static String fault(String entry) {
        if (entry.length() > LONGEST) {
            return "has more than " + LONGEST + " characters";
        }
        if (entry.toLowerCase(Locale.ROOT).startsWith("https://")) {
            return faultOfUrl(entry);
        }
        if (entry.contains("://")) {
            return "is not an https URL; nothing else proves trust in a CA";
        }
        return entry.contains("/") ? faultOfImage(entry) : faultOfAddress(entry, true);
    }

    private static String faultOfUrl(String entry) {
        try {
            URI url = new URI(entry);
            if (url.getRawAuthority() == null || url.getRawUserInfo() != null || url.getRawFragment() != null) {
                return "is not an https URL of a host and, where needed, a port and a path";
            }
            return faultOfAddress(url.getRawAuthority(), false);
        } catch (URISyntaxException notOne) {
            return "is not a URL: " + notOne.getReason();
        }
    }

    private static String faultOfAddress(String address, boolean needsPort) {
        Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches()) {
            return "names no host; write registry.corp:443, https://host/path, or an image with its registry";
        }
        String port = matcher.group("port");
        if (port == null) {
            return needsPort
                    ? "has no port; write " + address + ":443 for a server, or an image with its registry such as"
                            + " docker.io/library/" + address
                    : "";
        }
        return faultOfPort(port);
    }

    private static String faultOfImage(String entry) {
        Matcher matcher = IMAGE.matcher(entry);
        if (!matcher.matches()) {
            return "is no image reference; write it with its registry, such as docker.io/library/busybox:1, in lower"
                    + " case";
        }
        String registry = matcher.group("registry");
        if (!registry.contains(".") && !registry.contains(":") && !registry.equals("localhost")) {
            return "has no registry; write it whole, such as docker.io/" + entry;
        }
        return matcher.group("port") == null ? "" : faultOfPort(matcher.group("port"));
    }

    private static String faultOfPort(String port) {
        int number = Integer.parseInt(port);
        return number < 1 || number > HIGHEST_PORT ? "has a port that is not between 1 and " + HIGHEST_PORT : "";
    }

    private static String shown(String entry) {
        String line = entry.replaceAll("[^\\x21-\\x7e]", "?");
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }
}
