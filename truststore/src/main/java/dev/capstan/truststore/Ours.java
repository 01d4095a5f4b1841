package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.util.Optional;

/** The names that Capstan gives its files: by content, so that a name never stands for two certificates in turn. */
final class Ours {

    /** Where the store keeps what it must remember, see {@link StoreRecord}. */
    static final String STATE = "/var/lib/capstan/truststore";

    private static final String PREFIX = "capstan-";
    private static final int DIGITS = 64;

    private Ours() {}

    /** {@code capstan-SHA256} and this suffix. */
    static String name(Identity identity, String suffix) {
        return PREFIX + identity.hex() + suffix;
    }

    /** Whose file of ours bears this name; empty for a foreign one. */
    static Optional<Identity> owner(String name, String suffix) {
        if (name.length() != PREFIX.length() + DIGITS + suffix.length()
                || !name.startsWith(PREFIX)
                || !name.endsWith(suffix)) {
            return Optional.empty();
        }
        String hex = name.substring(PREFIX.length(), PREFIX.length() + DIGITS);
        for (int i = 0; i < DIGITS; i++) {
            char digit = hex.charAt(i);
            if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'))) {
                return Optional.empty();
            }
        }
        return Optional.of(new Identity(hex));
    }
}
