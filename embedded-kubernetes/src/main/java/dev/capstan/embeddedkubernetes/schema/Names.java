package dev.capstan.embeddedkubernetes.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What names, keys and label values may look like, with Kubernetes' words for what is wrong
 * (k8s.io/apimachinery, package util/validation). Each method gives the problems, none when the text is fine.
 */
public final class Names {

    private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
    private static final String QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_VALUE = "(" + QUALIFIED + ")?";
    private static final String DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
    private static final String CONFIG_KEY = "[-._a-zA-Z0-9]+";

    private static final Pattern DNS_1035_PATTERN = Pattern.compile(DNS_1035);
    private static final Pattern CONFIG_KEY_PATTERN = Pattern.compile(CONFIG_KEY);

    private static final String SUBDOMAIN_WORDS =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
                    + " characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex"
                    + " used for validation is '" + SUBDOMAIN + "')";
    private static final String LABEL_WORDS = "a lowercase RFC 1123 label must consist of lower case alphanumeric"
            + " characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc',"
            + " regex used for validation is '" + LABEL + "')";
    private static final String QUALIFIED_WORDS = "must consist of alphanumeric characters, '-', '_' or '.', and must"
            + " start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
            + " validation is '" + QUALIFIED + "')";
    private static final String LABEL_VALUE_WORDS = "a valid label must be an empty string or consist of alphanumeric"
            + " characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
            + " 'my_value',  or '12345', regex used for validation is '" + LABEL_VALUE + "')";
    private static final String DNS_1035_WORDS =
            "a DNS-1035 label must consist of lower case alphanumeric characters or"
                    + " '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or"
                    + " 'abc-123', regex used for validation is '" + DNS_1035 + "')";

    private Names() {}

    /** A lower-case DNS subdomain, RFC 1123. */
    public static List<String> subdomainProblems(String text) {
        List<String> problems = new ArrayList<>();
        tooLong(problems, text, 253, "");
        boolean good = true;
        for (String part : text.split("\\.", -1)) {
            good &= isLabel(part);
        }
        if (!good) {
            problems.add(SUBDOMAIN_WORDS);
        }
        return problems;
    }

    /** A lower-case DNS label, RFC 1123. */
    public static List<String> labelProblems(String text) {
        List<String> problems = new ArrayList<>();
        tooLong(problems, text, 63, "");
        if (!isLabel(text)) {
            problems.add(LABEL_WORDS);
        }
        return problems;
    }

    /** A DNS label that starts with a letter, RFC 1035. */
    public static List<String> dns1035Problems(String text) {
        List<String> problems = new ArrayList<>();
        tooLong(problems, text, 63, "");
        if (text.length() > 253 || !DNS_1035_PATTERN.matcher(text).matches()) {
            problems.add(DNS_1035_WORDS);
        }
        return problems;
    }

    /** One part of a URL path. */
    public static List<String> pathSegmentProblems(String text) {
        List<String> problems = new ArrayList<>();
        if (text.equals(".") || text.equals("..")) {
            problems.add("may not be '" + text + "'");
        }
        for (String forbidden : List.of("/", "%")) {
            if (text.contains(forbidden)) {
                problems.add("may not contain '" + forbidden + "'");
            }
        }
        return problems;
    }

    /** A qualified name, {@code [PREFIX/]NAME}: the keys of labels and annotations. */
    public static List<String> qualifiedNameProblems(String text) {
        List<String> problems = new ArrayList<>();
        int slash = text.indexOf('/');
        if (text.indexOf('/', slash + 1) >= 0 && slash >= 0) {
            problems.add("a qualified name " + QUALIFIED_WORDS
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            return problems;
        }
        if (slash == 0) {
            problems.add("prefix part must be non-empty");
        } else if (slash > 0) {
            subdomainProblems(text.substring(0, slash)).forEach(p -> problems.add("prefix part " + p));
        }
        String name = text.substring(slash + 1);
        if (name.isEmpty()) {
            problems.add("name part must be non-empty");
        } else {
            tooLong(problems, name, 63, "name part ");
        }
        if (!isQualifiedPart(name)) {
            problems.add("name part " + QUALIFIED_WORDS);
        }
        return problems;
    }

    /** The value of a label. */
    public static List<String> labelValueProblems(String text) {
        List<String> problems = new ArrayList<>();
        tooLong(problems, text, 63, "");
        if (!text.isEmpty() && !isQualifiedPart(text)) {
            problems.add(LABEL_VALUE_WORDS);
        }
        return problems;
    }

    /** A key of the data of a Secret or a ConfigMap. */
    public static List<String> configKeyProblems(String text) {
        List<String> problems = new ArrayList<>();
        tooLong(problems, text, 253, "");
        if (!CONFIG_KEY_PATTERN.matcher(text).matches()) {
            problems.add(
                    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or"
                            + " 'KEY_NAME',  or 'key-name', regex used for validation is '" + CONFIG_KEY + "')");
        }
        if (text.equals(".") || text.equals("..")) {
            problems.add("must not be '" + text + "'");
        } else if (text.startsWith("..")) {
            problems.add("must not start with '..'");
        }
        return problems;
    }

    private static void tooLong(List<String> problems, String text, int most, String what) {
        if (text.length() > most) {
            problems.add(what + "must be no more than " + most + " bytes");
        }
    }

    private static boolean isLabel(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
                && text.charAt(0) != '-'
                && text.charAt(text.length() - 1) != '-';
    }

    private static boolean isQualifiedPart(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> isAlphanumeric(c) || c == '-' || c == '_' || c == '.')
                && isAlphanumeric(text.charAt(0))
                && isAlphanumeric(text.charAt(text.length() - 1));
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
