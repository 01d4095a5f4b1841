package dev.capstan.runtime.toml;

/** A text is not TOML; the message says what and on which line. */
public final class TomlException extends Exception {

    TomlException(int line, String what) {
        super("line " + line + ": " + what);
    }
}
