package dev.capstan.endtoend.systemd;

import dev.capstan.agent.api.Api;
import dev.capstan.agent.api.Endpoint;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.Token;
import dev.capstan.agent.disk.ClusterPin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The agent's own way to renew its token, with a credential as the administrator made it. */
final class Renewal {

    private final Path folder;
    private final String node;
    private final String credential;
    private final String given;

    private Renewal(Path folder, String node, String credential) throws IOException {
        this.folder = Files.createDirectory(folder);
        this.node = node;
        this.credential = credential;
        this.given = member("token: \"([^\"]+)\"");
        Files.writeString(folder.resolve("token"), given);
        Files.write(folder.resolve("ca.crt"), Base64.getDecoder().decode(member("certificate-authority-data: (\\S+)")));
    }

    static Renewal with(Path folder, Path credential, String node) throws IOException {
        return new Renewal(folder, node, Files.readString(credential));
    }

    void renew() throws IOException {
        Token token = new Token(folder.resolve("token"));
        Api api = new Api(
                Endpoint.parse(member("server: \"([^\"]+)\"")),
                folder.resolve("ca.crt"),
                token,
                new ClusterPin(folder.resolve("cluster-uid")));
        try (Requests requests = new Requests(api, node, token)) {
            requests.renewToken();
        }
    }

    String given() {
        return given;
    }

    String token() throws IOException {
        return Files.readString(folder.resolve("token"));
    }

    /** When the first token was given, in seconds since the epoch. */
    long issued() {
        return claim(given, "iat");
    }

    long lifetimeSeconds() throws IOException {
        return claim(token(), "exp") - claim(token(), "iat");
    }

    private static long claim(String token, String name) {
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
        Matcher claim = Pattern.compile("\"" + name + "\":(\\d+)").matcher(claims);
        if (!claim.find()) {
            throw new AssertionError("the token has no " + name);
        }
        return Long.parseLong(claim.group(1));
    }

    /** The credential with the renewed token in place of the first. */
    Path asKubeconfig() throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), credential.replace(given, token()));
    }

    private String member(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(credential);
        if (!matcher.find()) {
            throw new AssertionError("the credential has no " + pattern);
        }
        return matcher.group(1);
    }
}
