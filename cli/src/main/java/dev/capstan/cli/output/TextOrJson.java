package dev.capstan.cli.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.capstan.cli.session.Json;
import dev.capstan.cli.session.Session;
import picocli.CommandLine.Option;

/** The option {@code -o}: a table for people, or JSON for programs. */
public final class TextOrJson {

    /** Spelled as they are on the command line. */
    public enum Format {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table (for people) or json (for programs).")
    private Format format = Format.table;

    public boolean isJson() {
        return format == Format.json;
    }

    /** Prints the one or the other. */
    public void print(Session session, JsonNode json, Object table) {
        if (isJson()) {
            session.out().println(Json.print(json));
        } else {
            session.out().print(table);
            session.out().flush();
        }
    }
}
