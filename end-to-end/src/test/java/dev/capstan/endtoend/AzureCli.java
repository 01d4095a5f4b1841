package dev.capstan.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A user of Azure's own CLI, unmodified: a folder with her files, her configuration, and the one CA that she trusts. Two at
 * once need two users: the CLI's own files are not made for more.
 */
final class AzureCli {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern SECRET = Pattern.compile("--password '@([^']+)'");

    private final Path folder;

    private AzureCli(Path folder) {
        this.folder = folder;
    }

    /**
     * Somebody who has typed what {@code capstan connect az} prints; the two files that it names lie in her folder, since she
     * sees no other.
     */
    static AzureCli loggedIn(Path folder, CapstanHome home) throws IOException {
        Files.createDirectories(folder);
        String lines = home.run("connect", "az").orFail().text();
        Matcher secret = SECRET.matcher(lines);
        if (!secret.find()) {
            throw new AssertionError("no file with a secret in:\n" + lines);
        }
        String authority = home.status().path("caFile").asText();
        Files.copy(Path.of(authority), folder.resolve("ca.pem"));
        Files.copy(Path.of(secret.group(1)), folder.resolve("secret"));
        AzureCli az = new AzureCli(folder);
        az.type("set -e\n" + lines.replace(authority, "/lab/ca.pem").replace(secret.group(1), "/lab/secret"))
                .orFail();
        return az;
    }

    /** Another folder with the same files, login and extensions. */
    AzureCli another(String name) {
        Path copy = folder.resolveSibling(name);
        Program.clean().run("cp", "-a", folder.toString(), copy.toString()).orFail();
        return new AzureCli(copy);
    }

    /** A file in the user's folder, which is the current one. */
    Path file(String name) {
        return folder.resolve(name);
    }

    /** {@code az ARGUMENTS}. */
    Program.Output run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(Repository.lab("az").toString(), folder.toString()));
        command.addAll(List.of(arguments));
        return Program.clean().with("HOME", System.getProperty("user.home")).run(command, "");
    }

    /** This text, typed into a shell as it stands. */
    Program.Output type(String text) {
        return run("--shell", text);
    }

    /** The result of a command that has one, in this form, and nothing else. */
    String print(String command, String format) {
        return type("az " + command + " -o " + format + " 2>/dev/null").text();
    }

    /** The result of a command as JSON; fails if it does. */
    JsonNode json(String... arguments) {
        return json(run(arguments).orFail());
    }

    /** What was printed as JSON, without the warnings before it. */
    static JsonNode json(Program.Output output) {
        String text = output.text();
        int begin =
                text.startsWith("{") || text.startsWith("[") ? 0 : 1 + Math.min(place(text, "\n{"), place(text, "\n["));
        try {
            return JSON.readTree(text.substring(begin));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int place(String text, String what) {
        int at = text.indexOf(what);
        return at < 0 ? text.length() - 1 : at;
    }
}
