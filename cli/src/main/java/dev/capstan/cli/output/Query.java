package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.ExitCode;
import dev.capstan.cli.session.Problem;
import io.burt.jmespath.Expression;
import io.burt.jmespath.JmesPathException;
import io.burt.jmespath.jackson.JacksonRuntime;

/** A JMESPath expression (jmespath.org), as {@code --query} takes it. */
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
            return new Query(text, new JacksonRuntime().compile(text));
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
}
