package dev.capstan.embeddedkubernetes.selector;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.embeddedkubernetes.schema.Names;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A label selector as in a query: requirements joined by commas, all of which must hold. {@code a=b}, {@code a==b},
 * {@code a!=b}, {@code a in (b,c)}, {@code a notin (b,c)}, {@code a}, {@code !a}, {@code a>1}, {@code a<1}. An object without
 * the label satisfies {@code !=}, {@code notin} and {@code !}, and none of the others. Grammar and words:
 * k8s.io/apimachinery, package labels.
 */
public final class LabelSelector {

    private static final int LONGEST = 64 * 1024;

    private enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        ABSENT,
        GREATER,
        LESS
    }

    private record Requirement(String key, Operator operator, Set<String> values) {

        boolean matches(JsonNode labels) {
            JsonNode label = labels.get(key);
            return switch (operator) {
                case EXISTS -> label != null;
                case ABSENT -> label == null;
                case IN -> label != null && values.contains(label.asText());
                case NOT_IN -> label == null || !values.contains(label.asText());
                case GREATER -> label != null && compares(label.asText(), 1);
                case LESS -> label != null && compares(label.asText(), -1);
            };
        }

        private boolean compares(String label, int sign) {
            return isInteger(label)
                    && new BigInteger(label)
                                    .compareTo(new BigInteger(values.iterator().next()))
                            == sign;
        }

        static boolean isInteger(String text) {
            return text.length() <= 19 && text.matches("-?[0-9]+");
        }
    }

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /**
     * Reads a selector; the empty text selects everything.
     *
     * @throws SelectorException when the text is not a selector
     */
    public static LabelSelector parse(String text) {
        if (text.length() > LONGEST) {
            throw new SelectorException(
                    "unable to parse requirement: the selector is longer than " + LONGEST + " characters");
        }
        return new LabelSelector(new Parser(Tokens.of(text)).parse());
    }

    /** Whether it selects everything. */
    public boolean everything() {
        return requirements.isEmpty();
    }

    /** Whether it selects an object, by its {@code metadata.labels}. */
    public boolean matches(JsonNode object) {
        JsonNode labels = object.path("metadata").path("labels");
        return requirements.stream().allMatch(r -> r.matches(labels));
    }

    /** Reads requirements from tokens; a token is an operator, a bracket, a comma or a word. */
    private static final class Parser {

        private static final String OPERATORS = "in, notin, =, ==, !=, gt, lt";

        private final List<String> tokens;
        private int at;

        Parser(List<String> tokens) {
            this.tokens = tokens;
        }

        List<Requirement> parse() {
            List<Requirement> requirements = new ArrayList<>();
            while (at < tokens.size()) {
                requirements.add(requirement());
                if (at < tokens.size()) {
                    String comma = next();
                    if (!comma.equals(",")) {
                        throw fault("found '" + comma + "', expected: ',' or 'end of string'");
                    }
                    if (at == tokens.size()) {
                        throw fault("found '', expected: identifier after ','");
                    }
                }
            }
            return requirements;
        }

        private Requirement requirement() {
            boolean negated = peek().equals("!");
            if (negated) {
                at++;
            }
            String key = next();
            if (!Tokens.isWord(key)) {
                throw fault("found '" + key + "', expected: !, identifier, or 'end of string'");
            }
            requireKey(key);
            if (negated) {
                return new Requirement(key, Operator.ABSENT, Set.of());
            }
            if (at == tokens.size() || peek().equals(",")) {
                return new Requirement(key, Operator.EXISTS, Set.of());
            }
            String operator = next();
            return switch (operator) {
                case "=", "==" -> valued(key, Operator.IN, Set.of(value()));
                case "!=" -> valued(key, Operator.NOT_IN, Set.of(value()));
                case "in" -> valued(key, Operator.IN, values());
                case "notin" -> valued(key, Operator.NOT_IN, values());
                case ">" -> new Requirement(key, Operator.GREATER, Set.of(integer()));
                case "<" -> new Requirement(key, Operator.LESS, Set.of(integer()));
                default -> throw fault("found '" + operator + "', expected: " + OPERATORS);
            };
        }

        private Requirement valued(String key, Operator operator, Set<String> values) {
            for (String value : values) {
                List<String> problems = Names.labelValueProblems(value);
                if (!problems.isEmpty()) {
                    throw fault(
                            "values[0][" + key + "]: Invalid value: \"" + value + "\": " + String.join("; ", problems));
                }
            }
            return new Requirement(key, operator, Set.copyOf(values));
        }

        /** One value; there may be none at all, which stands for the empty one. */
        private String value() {
            if (at == tokens.size() || peek().equals(",")) {
                return "";
            }
            String value = next();
            if (!Tokens.isWord(value)) {
                throw fault("found '" + value + "', expected: identifier");
            }
            return value;
        }

        private String integer() {
            String value = value();
            if (!Requirement.isInteger(value)) {
                throw fault("values[0]: Invalid value: \"" + value
                        + "\": for 'Gt', 'Lt' operators, the value must be an integer");
            }
            return value;
        }

        private Set<String> values() {
            String open = next();
            if (!open.equals("(")) {
                throw fault("found '" + open + "' expected: '('");
            }
            Set<String> values = new TreeSet<>();
            boolean wordBefore = false;
            while (true) {
                String token = next();
                switch (token) {
                    case ")", "," -> {
                        if (!wordBefore) {
                            values.add("");
                        }
                        wordBefore = false;
                        if (token.equals(")")) {
                            return values;
                        }
                    }
                    default -> {
                        if (wordBefore || !Tokens.isWord(token)) {
                            throw fault("found '" + token + "', expected: ',' or ')'");
                        }
                        values.add(token);
                        wordBefore = true;
                    }
                }
            }
        }

        private void requireKey(String key) {
            List<String> problems = Names.qualifiedNameProblems(key);
            if (!problems.isEmpty()) {
                throw fault(problems.stream()
                        .map(p -> "key: Invalid value: \"" + key + "\": " + p)
                        .collect(Collectors.joining("; ")));
            }
        }

        private String peek() {
            return at < tokens.size() ? tokens.get(at) : "";
        }

        private String next() {
            return at < tokens.size() ? tokens.get(at++) : "";
        }

        private static SelectorException fault(String detail) {
            String shown = detail.length() > 1000 ? detail.substring(0, 1000) + "..." : detail;
            return new SelectorException("unable to parse requirement: " + shown);
        }
    }
}
