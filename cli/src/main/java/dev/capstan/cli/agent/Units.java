package dev.capstan.cli.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The text of the units; both are held to the same hardening. */
final class Units {

    private Units() {}

    /** The file of a unit. */
    static String text(String unit) {
        return resource(unit) + resource("hardening.conf");
    }

    private static String resource(String name) {
        try (var text = Units.class.getResourceAsStream(name)) {
            if (text == null) {
                throw new IllegalStateException("the build has no " + name);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
