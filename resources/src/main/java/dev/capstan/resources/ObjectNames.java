package dev.capstan.resources;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * Names of objects that follow from other names. ARM names keep their case, ignore case and may hold characters that
 * Kubernetes names may not, so an object's name is a readable slug, made unique by a digest of the whole ARM id.
 */
public final class ObjectNames {

    /** Long enough to be read, short enough for a label value of 63 characters with the digest behind it. */
    private static final int SLUG_LENGTH = 40;

    private static final int DIGEST_BYTES = 5;
    private static final int INDEX_DIGITS = 6;
    private static final long INDEX_LIMIT = 2_176_782_336L; // 36 to the power of INDEX_DIGITS

    private ObjectNames() {}

    /**
     * The object name of an ARM resource: {@code <slug>-<10 hex>}, the slug from the last segment of the id, the hex
     * from the SHA-256 of the lower-cased id.
     */
    public static String ofArmId(String armId) {
        String id = armId.toLowerCase(Locale.ROOT);
        return slug(id.substring(id.lastIndexOf('/') + 1))
                + "-"
                + HexFormat.of().formatHex(sha256(id), 0, DIGEST_BYTES);
    }

    /** The ARM id of a pool of the cluster with this ARM id. */
    public static String poolArmId(String clusterArmId, String pool) {
        return clusterArmId + "/agentPools/" + pool;
    }

    /**
     * The name of a machine and its node, as AKS forms it: {@code aks-<pool>-<8 digits>-vmss<6 base-36 digits>}. The
     * digits follow from the cluster's object name, so that machines of two clusters of one location differ.
     *
     * @param index from 0; a machine keeps its index as long as it lives
     */
    public static String machine(String cluster, String pool, int index) {
        String digits = Integer.toString(index, Character.MAX_RADIX);
        return machinePrefix(cluster, pool) + "0".repeat(INDEX_DIGITS - digits.length()) + digits;
    }

    /** The index in a machine's name; empty where the name is not one of this cluster and pool. */
    public static OptionalInt machineIndex(String cluster, String pool, String machine) {
        String prefix = machinePrefix(cluster, pool);
        if (!machine.startsWith(prefix) || machine.length() != prefix.length() + INDEX_DIGITS) {
            return OptionalInt.empty();
        }
        try {
            long index = Long.parseLong(machine.substring(prefix.length()), Character.MAX_RADIX);
            return index < 0 || index >= INDEX_LIMIT || index > Integer.MAX_VALUE
                    ? OptionalInt.empty()
                    : OptionalInt.of((int) index);
        } catch (NumberFormatException notBase36) {
            return OptionalInt.empty();
        }
    }

    /** Name of the service account, and of the rights, of a node's agent. */
    public static String agent(String node) {
        return "capstan-agent-" + node;
    }

    private static String machinePrefix(String cluster, String pool) {
        long number = Integer.toUnsignedLong(ByteBuffer.wrap(sha256(cluster)).getInt()) % 100_000_000L;
        String digits = Long.toString(number);
        return "aks-" + pool.toLowerCase(Locale.ROOT) + "-" + "0".repeat(8 - digits.length()) + digits + "-vmss";
    }

    private static String slug(String name) {
        StringBuilder slug = new StringBuilder();
        for (int i = 0; i < name.length() && slug.length() < SLUG_LENGTH; i++) {
            char c = name.charAt(i);
            boolean kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (kept) {
                slug.append(c);
            } else if (!slug.isEmpty() && slug.charAt(slug.length() - 1) != '-') {
                slug.append('-');
            }
        }
        while (!slug.isEmpty() && slug.charAt(slug.length() - 1) == '-') {
            slug.setLength(slug.length() - 1);
        }
        return slug.isEmpty() ? "x" : slug.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
