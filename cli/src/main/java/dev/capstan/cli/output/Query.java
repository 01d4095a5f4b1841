package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Problem;
import io.burt.jmespath.Expression;
import io.burt.jmespath.JmesPathException;
import io.burt.jmespath.jackson.JacksonRuntime;

/**
 * A JMESPath expression (jmespath.org), as {@code --query} takes it. Like Python's jmespath, and unlike the library used
 * here, it takes a bare word as a literal ({@code `Registered`} for {@code `"Registered"`}), as az's own examples have it.
 */
public final class Query {

    private final String text;
    private final Expression<JsonNode> expression;

    private Query(String text, Expression<JsonNode> expression) {
        this.text = text;
        this.expression = expression;
    }

    /** Throws a {@link Problem} if the text is no expression. */
    public static Query parse(String text) {
        try {
            return new Query(text, new JacksonRuntime().compile(withQuotedWords(text)));
        } catch (JmesPathException e) {
            throw new Problem(
                    ExitCode.USAGE,
                    "argument --query: invalid jmespath_type value: '" + text + "'",
                    "What is wrong: " + e.getMessage() + ". The language is told at https://jmespath.org; put the"
                            + " expression into quotes of the shell.",
                    e);
        }
    }

    /** What the expression makes of a result; a null node where it finds nothing. */
    public JsonNode of(JsonNode result) {
        try {
            return expression.search(result);
        } catch (JmesPathException e) {
            throw Problem.failed(
                    "The query '" + text + "' does not fit the result: " + e.getMessage() + ".",
                    "Run the command without --query to see the result.",
                    e);
        }
    }

    /** The expression with every literal that is no JSON made a JSON string. Other quotes are passed over. */
    private static String withQuotedWords(String text) {
        var quoted = new StringBuilder();
        for (var at = 0; at < text.length(); ) {
            var mark = text.charAt(at);
            var end = mark == '`' || mark == '"' || mark == '\'' ? closing(text, at, mark) : at;
            var piece = text.substring(at, end + 1);
            quoted.append(mark == '`' && end > at ? literal(piece) : piece);
            at = end + 1;
        }
        return quoted.toString();
    }

    /** Where what begins here ends; here, if it does not end. */
    private static int closing(String text, int from, char mark) {
        for (var at = from + 1; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == mark) {
                return at;
            }
        }
        return from;
    }

    private static String literal(String piece) {
        var content = piece.substring(1, piece.length() - 1).strip();
        return isJson(content) ? piece : "`" + Json.quoted(content) + "`";
    }

    private static boolean isJson(String content) {
        try {
            return !Json.parse(content).isMissingNode();
        } catch (Problem bareWord) {
            return false;
        }
    }
}
