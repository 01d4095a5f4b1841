package dev.capstan.embeddedkubernetes.kinds;

/**
 * A column of a kind's table.
 *
 * @param name the heading
 * @param type {@code string}, {@code integer}, {@code number}, {@code boolean} or {@code date}
 * @param format an OpenAPI format such as {@code name}, or empty
 * @param description what the column shows
 * @param priority 0 is always shown, more only by wide output
 * @param source where the cell comes from: a simple JSONPath (starts with a dot), or the name of a computed cell
 */
public record PrinterColumn(String name, String type, String format, String description, int priority, String source) {

    /** Whether the cell is a path into the object rather than a computed cell. */
    public boolean isPath() {
        return source.startsWith(".");
    }
}
