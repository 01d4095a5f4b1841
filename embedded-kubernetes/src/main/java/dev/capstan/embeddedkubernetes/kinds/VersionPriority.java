package dev.capstan.embeddedkubernetes.kinds;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Orders API versions as Kubernetes does, best first: stable before beta before alpha, higher numbers first
 * ({@code v2, v1, v1beta2, v1beta1, v1alpha1}); anything else comes after them, by name.
 */
public final class VersionPriority implements Comparator<String> {

    /** The one order. */
    public static final Comparator<String> BEST_FIRST = new VersionPriority();

    private static final Pattern VERSION = Pattern.compile("v([1-9][0-9]{0,8})(?:(alpha|beta)([1-9][0-9]{0,8}))?");

    private VersionPriority() {}

    @Override
    public int compare(String left, String right) {
        Matcher l = VERSION.matcher(left);
        Matcher r = VERSION.matcher(right);
        boolean known = l.matches();
        if (known != r.matches()) {
            return known ? -1 : 1;
        }
        if (!known) {
            return left.compareTo(right);
        }
        int stability = Integer.compare(stability(r), stability(l));
        int major = Integer.compare(Integer.parseInt(r.group(1)), Integer.parseInt(l.group(1)));
        int minor = Integer.compare(minor(r), minor(l));
        return stability != 0 ? stability : major != 0 ? major : minor;
    }

    private static int stability(Matcher version) {
        String word = version.group(2);
        return word == null ? 2 : word.equals("beta") ? 1 : 0;
    }

    private static int minor(Matcher version) {
        String number = version.group(3);
        return number == null ? 0 : Integer.parseInt(number);
    }
}
