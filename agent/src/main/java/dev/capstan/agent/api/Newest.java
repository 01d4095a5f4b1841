package dev.capstan.agent.api;

import java.util.concurrent.TimeUnit;

/**
 * The newest state of an object that its cluster has told, as a resourceVersion, and which answer counts after it.
 *
 * <p>Kubernetes' resourceVersions grow (they are etcd's revisions; comparing them as whole numbers is part of the API since
 * 1.35). An answer that is older than what was told before is either stale, and would bring back what was removed since, or etcd
 * was restored from a backup, and the older state is what the cluster's administrator wants. One cannot tell which from one
 * answer. So an older list is not believed at first, and asked for again over new connections; it counts when for
 * {@value #LASTING_SECONDS} s nothing newer was heard. Until then the node keeps what it has. Versions that are no whole numbers
 * are not compared: then every answer counts.
 *
 * <p>For one thread.
 */
final class Newest {

    static final int LASTING_SECONDS = 60;

    private static final int LEAST_ANSWERS = 3;

    private String version = "";
    private int older;
    private long olderSince;

    /** Whether a state of this version is older than what was told before. */
    boolean isAfter(String other) {
        if (!isNumber(version) || !isNumber(other)) {
            return false;
        }
        int longer = version.length() - other.length();
        return longer > 0 || (longer == 0 && version.compareTo(other) > 0);
    }

    /** Takes note of a state that counts. */
    void told(String now) {
        version = now;
        older = 0;
    }

    /**
     * Whether a list that is older than what was told counts all the same, since nothing else is heard any more.
     *
     * @param nanos the time, in nanoseconds of any epoch
     */
    boolean hasLasted(long nanos) {
        if (older == 0) {
            olderSince = nanos;
        }
        older++;
        return older >= LEAST_ANSWERS && nanos - olderSince >= TimeUnit.SECONDS.toNanos(LASTING_SECONDS);
    }

    @Override
    public String toString() {
        return version;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.charAt(0) != '0' && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    }
}
