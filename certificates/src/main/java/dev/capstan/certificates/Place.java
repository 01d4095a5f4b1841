package dev.capstan.certificates;

/**
 * Where in an input something was found.
 *
 * @param source the file, list or Secret, in the user's words: {@code cas.pem}, {@code secret kube-system/custom-ca-trust-secret}
 * @param entry the key or list index inside the source; empty where there is none
 * @param line the line inside the entry, from 1; 0 where lines mean nothing
 * @param column the character inside the line, from 1; 0 where it says nothing more than the line
 */
public record Place(String source, String entry, int line, int column) {

    public static Place of(String source) {
        return new Place(source, "", 0, 0);
    }

    public Place entry(String name) {
        return new Place(source, name, 0, 0);
    }

    public Place line(int number) {
        return new Place(source, entry, number, 0);
    }

    public Place column(int number) {
        return new Place(source, entry, line, number);
    }

    /** {@code cas.pem, line 12, column 5} or {@code secret kube-system/custom-ca-trust-secret, key ca1.crt, line 3}. */
    @Override
    public String toString() {
        return source
                + (entry.isEmpty() ? "" : ", key " + entry)
                + (line == 0 ? "" : ", line " + line)
                + (column == 0 ? "" : ", column " + column);
    }
}
