package dev.capstan.agent.api;

import com.fasterxml.jackson.core.JsonParser;
import dev.capstan.agent.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The node's credential: a bearer token in a file. Either the controller delivers it there, now and then anew, mode 0600, and
 * the agent renews it there at half its life; or, in a pod, the kubelet writes a new one there long before the old one ends
 * (Kubernetes: at 80 % of its life). The file is read again whenever it changed. Never shown: {@link #toString()} names the
 * file.
 */
public final class Token {

    private static final int MAX_LENGTH = 64 * 1024;

    private final Path file;
    private final boolean ours;
    private @Nullable String value;
    private @Nullable Version read;
    private boolean asked;
    private long askedNanos;

    /** The token kept in this file, for the agent to renew. */
    public Token(Path file) {
        this(file, true);
    }

    private Token(Path file, boolean ours) {
        this.file = file;
        this.ours = ours;
    }

    /** The token that the kubelet keeps in this file, which is only ever read. */
    public static Token renewedByKubelet(Path file) {
        return new Token(file, false);
    }

    /**
     * The token for the next request.
     *
     * @throws IOException if there is none yet
     */
    synchronized String value() throws IOException {
        String known = value;
        if (known == null || isWrittenAnew()) {
            known = read();
            value = known;
        }
        return known;
    }

    /** Reads the file again, and answers whether it holds another token than {@code refused}. */
    synchronized boolean changedSince(String refused) throws IOException {
        boolean knownAsNew = asked;
        String now = read();
        value = now;
        asked = knownAsNew && now.equals(refused);
        return !now.equals(refused);
    }

    /**
     * Takes up a renewed token and keeps it in the file.
     *
     * @throws IOException if the text cannot be a token or the file cannot be written; the old one then goes on
     */
    synchronized void replace(String renewed) throws IOException {
        String checked = checked(renewed);
        DurableFile.replace(file, checked.getBytes(StandardCharsets.US_ASCII), "rw-------");
        read = Version.of(file);
        value = checked;
        asked = true;
        askedNanos = System.nanoTime();
    }

    /**
     * Whether half of the token's life is over and it is ours to renew. By the issuer's clock its life began at {@code iat}, by
     * the node's own not after its file was written: whichever half is over first counts, so that a clock that is behind
     * does not let the token end. The issue of one that this process asked for was just now, and the issuer's clock is not
     * compared with: one that is ahead would have it renewed again and again.
     *
     * @param nowMillis the node's clock, in milliseconds since the epoch
     * @return false where the token does not say how long it lives
     * @throws IOException if there is no token yet
     */
    public synchronized boolean isToRenew(long nowMillis) throws IOException {
        Life life = ours ? life() : null;
        if (life == null || read == null) {
            return false;
        }
        FileTime written = read.modified();
        long half = TimeUnit.SECONDS.toMillis(life.expires() - life.issued()) / 2;
        if (asked) {
            return nowMillis >= written.toMillis() + half
                    || System.nanoTime() - askedNanos >= TimeUnit.MILLISECONDS.toNanos(half);
        }
        return nowMillis >= Math.min(TimeUnit.SECONDS.toMillis(life.issued()), written.toMillis()) + half;
    }

    /**
     * How long the token lives from its issue on, in seconds; the one that follows it is to live as long, so that whoever
     * gave the first one decides how long a node may be switched off. 0 where the token does not say.
     *
     * @throws IOException if there is no token yet
     */
    long lifetimeSeconds() throws IOException {
        Life life = life();
        return life == null ? 0 : life.expires() - life.issued();
    }

    /** What tells one file of that name from the next: two may be written within one tick of the kernel's clock. */
    private record Version(FileTime modified, @Nullable Object key) {

        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.fileKey());
        }
    }

    /** From when until when a token is valid, in seconds since the epoch. */
    private record Life(long issued, long expires) {}

    /** What the token says of itself (RFC 7519, 4.1: {@code iat}, {@code exp}). */
    private @Nullable Life life() throws IOException {
        String[] parts = value().split("\\.", -1);
        if (parts.length != 3) {
            return null;
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
            return null;
        }
        return times[0] <= 0 || times[1] <= times[0] ? null : new Life(times[0], times[1]);
    }

    /** A file that is gone says nothing new. */
    private boolean isWrittenAnew() {
        try {
            return !Version.of(file).equals(read);
        } catch (IOException gone) {
            return false;
        }
    }

    /** Its version is taken first: a file that is replaced between the two is then read once more. */
    private String read() throws IOException {
        try {
            read = Version.of(file);
            asked = false;
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
