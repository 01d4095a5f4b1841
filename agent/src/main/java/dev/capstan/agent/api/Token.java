package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import dev.capstan.agent.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The node's credential: a bearer token in a file of mode 0600. The controller delivers it there, now and then anew; the
 * agent renews it there at half its life. Never shown: {@link #toString()} names the file.
 */
public final class Token {

    private static final int MAX_LENGTH = 64 * 1024;

    private final Path file;
    private @Nullable String value;

    /** The token kept in this file. */
    public Token(Path file) {
        this.file = file;
    }

    /**
     * The token for the next request.
     *
     * @throws IOException if there is none yet
     */
    synchronized String value() throws IOException {
        if (value == null) {
            value = read();
        }
        return value;
    }

    /** Reads the file again, and answers whether it holds another token than {@code refused}. */
    synchronized boolean changedSince(String refused) throws IOException {
        value = read();
        return !value.equals(refused);
    }

    /**
     * Takes up a renewed token and keeps it in the file.
     *
     * @throws IOException if the text cannot be a token or the file cannot be written; the old one then goes on
     */
    synchronized void replace(String renewed) throws IOException {
        String checked = checked(renewed);
        DurableFile.replace(file, checked.getBytes(StandardCharsets.US_ASCII), "rw-------");
        value = checked;
    }

    /**
     * When the token is to be renewed, in milliseconds since the epoch: half-way between the times it says it was issued
     * and expires (RFC 7519, 4.1: {@code iat}, {@code exp}). {@link Long#MAX_VALUE} where it does not say.
     *
     * @throws IOException if there is no token yet
     */
    public long renewAtMillis() throws IOException {
        String[] parts = value().split("\\.", -1);
        if (parts.length != 3) {
            return Long.MAX_VALUE;
        }
        long[] times = {0, 0};
        try (JsonParser json = Json.parser(Base64.getUrlDecoder().decode(parts[1]))) {
            json.nextToken();
            Json.fields(json, name -> {
                switch (name) {
                    case "iat" -> times[0] = Json.number(json);
                    case "exp" -> times[1] = Json.number(json);
                    default -> {
                        // No other claim matters here.
                    }
                }
            });
        } catch (IOException | IllegalArgumentException notReadable) {
            return Long.MAX_VALUE;
        }
        long issued = times[0];
        long expires = times[1];
        return issued <= 0 || expires <= issued ? Long.MAX_VALUE : (issued + (expires - issued) / 2) * 1000;
    }

    private String read() throws IOException {
        try {
            return checked(Files.readString(file, StandardCharsets.US_ASCII).trim());
        } catch (IOException unusable) {
            throw new IOException("no usable token in " + file + ": " + unusable, unusable);
        }
    }

    /** The text, if it can stand in a header (RFC 6750, 2.1). */
    private String checked(String text) throws IOException {
        if (text.isEmpty()
                || text.length() > MAX_LENGTH
                || !text.chars().allMatch(letter -> letter > ' ' && letter < 127)) {
            throw new IOException("that is not a bearer token");
        }
        return text;
    }

    @Override
    public String toString() {
        return "token in " + file;
    }
}
