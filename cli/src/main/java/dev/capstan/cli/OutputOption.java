package dev.capstan.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Option;

/** The option {@code -o}: a table for people, or JSON for programs. */
final class OutputOption {

    /** Spelled as they are on the command line. */
    enum Format {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table (for people) or json (for programs).")
    private Format format = Format.table;

    boolean isJson() {
        return format == Format.json;
    }

    /** Prints the one or the other. */
    void print(Session session, JsonNode json, Object table) {
        if (isJson()) {
            session.out().println(Json.print(json));
        } else {
            session.out().print(table);
            session.out().flush();
        }
    }
}
