package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options {@code -o} and {@code --query}, and results printed as they ask. */
public final class Output {

    /** Spelled as they are on the command line, where shells complete them. */
    enum Format {
        json,
        jsonc,
        yaml,
        yamlc,
        table,
        tsv,
        none
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "json",
            converter = FormatConverter.class,
            description = "json (if not given), jsonc, table, tsv, yaml, yamlc or none.")
    private Format format = Format.json;

    @Option(names = "--query", paramLabel = "JMESPATH", description = "Print only what this expression picks.")
    private Optional<String> query = Optional.empty();

    /** Throws a problem if the query is no expression: before anything is asked of the API. */
    public void check() {
        query.ifPresent(Query::parse);
    }

    public void print(Session session, JsonNode result) {
        print(session, result, Optional.empty());
    }

    /** Prints a result; as a table in the columns that this makes of it. */
    public void print(Session session, JsonNode result, UnaryOperator<JsonNode> columns) {
        print(session, result, Optional.of(columns));
    }

    private void print(Session session, JsonNode result, Optional<UnaryOperator<JsonNode>> columns) {
        var ordered = format == Format.tsv ? AzTable.sorted(result) : result;
        var chosen = query.map(text -> Query.parse(text).of(ordered)).orElse(ordered);
        // az prints nothing where there is nothing.
        if (format == Format.none || chosen.isNull() || chosen.isMissingNode()) {
            return;
        }
        var text = switch (format) {
            case jsonc -> Boolean.getBoolean("capstan.colour") ? AzJson.coloured(chosen) : AzJson.plain(chosen);
            case yaml, yamlc -> AzYaml.of(chosen);
            case table ->
                query.isPresent() || columns.isEmpty()
                        ? AzTable.of(chosen, query.isEmpty())
                        : AzTable.of(columns.get().apply(chosen), false);
            case tsv -> AzTable.tsv(chosen);
            default -> AzJson.plain(chosen);
        };
        session.out().print(text);
        session.out().flush();
    }

    /** Columns of one row for each item, or one row for the one object: heading, and where the value is (JSON Pointer). */
    public static UnaryOperator<JsonNode> columns(String... headingsAndPointers) {
        return result -> {
            var rows = Json.array();
            (result.isArray() ? result : Json.array().add(result)).forEach(item -> {
                var row = rows.addObject();
                for (var column = 0; column < headingsAndPointers.length; column += 2) {
                    row.set(headingsAndPointers[column], item.at(headingsAndPointers[column + 1]));
                }
            });
            return rows;
        };
    }

    static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String value) {
            for (var format : Format.values()) {
                if (format.name().equals(value.toLowerCase(Locale.ROOT))) {
                    return format;
                }
            }
            throw new TypeConversionException("'" + value + "' is none of json, jsonc, table, tsv, yaml, yamlc, none");
        }
    }
}
