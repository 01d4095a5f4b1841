package dev.capstan.certificates;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Names of a Secret's keys that AKS's own nodes confuse. There a key becomes a file: the watcher looks for the file of a key by
 * {@code *NAME} and so takes {@code my-ca.crt} for {@code ca.crt} (Azure/aks-node-ca-watcher, main.go), and the file that is
 * installed has the name without its ending (Azure/AgentBaker, update_certs.sh), so that of {@code ca.crt} and
 * {@code ca.pem} one is lost. Names that differ in case alone are one file where file systems ignore it. Here files are named by
 * what is in them.
 */
public final class KeyNames {

    /** The longest name that Kubernetes takes (validation.DNS1123SubdomainMaxLength); longer ones are no Secret's. */
    private static final int LONGEST = 253;

    private KeyNames() {}

    /**
     * What is to be said of these names, one note for each of them at the most.
     *
     * @param whole the Secret
     * @param at where the value of a key stands
     */
    public static List<Finding> findings(Set<String> keys, Place whole, Function<String, Place> at) {
        Map<String, String> byStem = new HashMap<>();
        EntryFindings findings = new EntryFindings(whole);
        for (String key : new TreeSet<>(keys)) {
            String same = byStem.putIfAbsent(stem(key), key);
            String other = same == null ? ending(key, keys) : same;
            if (!other.isEmpty()) {
                findings.add(
                        FindingCode.SIMILAR_KEYS,
                        at.apply(key),
                        "its name and that of key " + other
                                + " are one to AKS's own nodes, which lose one of the two or write"
                                + " both again and again. Capstan's nodes do not mind.",
                        "Nothing need be done here; where the same Secret is for AKS too, give the keys names that do not end in"
                                + " each other and differ in more than case and ending.");
            }
        }
        return findings.list();
    }

    private static String stem(String key) {
        int dot = key.lastIndexOf('.');
        return (dot > 0 ? key.substring(0, dot) : key).toLowerCase(Locale.ROOT);
    }

    /** The longest other key that this one ends in; empty where there is none. */
    private static String ending(String key, Set<String> keys) {
        for (int i = Math.max(1, key.length() - LONGEST); i < key.length(); i++) {
            String rest = key.substring(i);
            if (keys.contains(rest)) {
                return rest;
            }
        }
        return "";
    }
}
