package dev.capstan.server;

import dev.capstan.server.home.HomeFolder;
import dev.capstan.server.home.StartException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The administrator's credential: 32 random bytes, made at the first start, in {@code admin.token}, mode 0600. The server
 * itself only compares its hash.
 *
 * @param text the token as it is sent; never logged
 */
record AdministratorToken(String text) {

    private static final String FILE = "admin.token";
    private static final int BYTES = 32;

    /** Reads it, and makes it if there is none. */
    static AdministratorToken open(HomeFolder home) throws IOException, StartException {
        try {
            var text = home.read(FILE).strip();
            if (text.length() < BYTES) {
                throw new StartException(
                        home.resolve(FILE) + " holds no token that could be trusted: it is too short.",
                        "Delete it; another is made at the next start, and clients that hold the old one no longer work.");
            }
            return new AdministratorToken(text);
        } catch (NoSuchFileException firstStart) {
            var bytes = new byte[BYTES];
            new SecureRandom().nextBytes(bytes);
            var made = new AdministratorToken(
                    Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            home.writeSecret(FILE, made.text() + "\n");
            return made;
        }
    }

    byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Says nothing of the token. */
    @Override
    public String toString() {
        return "AdministratorToken[…]";
    }
}
