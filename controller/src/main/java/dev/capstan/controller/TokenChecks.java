package dev.capstan.controller;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether whoever bears a token may get a path: Kubernetes is asked who she is (TokenReview) and what she may
 * (SubjectAccessReview of a non-resource URL), as kube-rbac-proxy does. An answer counts for a minute; of a token its hash
 * alone is remembered.
 */
public final class TokenChecks implements AutoCloseable {

    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final int REMEMBERED = 1000;

    /** What is known of a bearer. */
    public enum Answer {
        /** She may. */
        ALLOWED,
        /** Kubernetes does not know her. */
        UNKNOWN,
        /** She may not. */
        FORBIDDEN,
        /** Kubernetes was not reached. */
        UNAVAILABLE
    }

    private record Kept(Answer answer, long until) {}

    private final Candidate.Beginning beginning;
    private final Clients clients = new Clients(Clients.NOTHING);
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private @Nullable KubernetesClient client;

    /** Asks the API that this tells of. */
    public TokenChecks(Candidate.Beginning beginning) {
        this.beginning = beginning;
    }

    /** Whether the bearer may get the path. */
    public synchronized Answer mayGet(String path, String token) {
        String key = hash(token) + path;
        Kept there = kept.get(key);
        if (there != null && there.until() - System.nanoTime() > 0) {
            return there.answer();
        }
        Answer answer;
        try {
            answer = ask(path, token);
        } catch (IOException | KubernetesClientException e) {
            disconnect(); // its address or authority may be another by now
            return Answer.UNAVAILABLE;
        }
        if (kept.size() >= REMEMBERED) {
            kept.clear();
        }
        kept.put(key, new Kept(answer, System.nanoTime() + KEPT.toNanos()));
        return answer;
    }

    @Override
    public synchronized void close() {
        disconnect();
    }

    private Answer ask(String path, String token) throws IOException {
        KubernetesClient open = client;
        if (open == null) {
            open = clients.open(beginning.read().management(), REQUEST);
            client = open;
        }
        TokenReview who = open.tokenReviews()
                .create(new TokenReviewBuilder()
                        .withNewSpec()
                        .withToken(token)
                        .endSpec()
                        .build());
        if (who.getStatus() == null || !Boolean.TRUE.equals(who.getStatus().getAuthenticated())) {
            return Answer.UNKNOWN;
        }
        UserInfo user = who.getStatus().getUser();
        SubjectAccessReview may = open.authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(user.getUsername())
                        .withUid(user.getUid())
                        .withGroups(user.getGroups())
                        .withExtra(user.getExtra())
                        .withNewNonResourceAttributes()
                        .withPath(path)
                        .withVerb("get")
                        .endNonResourceAttributes()
                        .endSpec()
                        .build());
        return may.getStatus() != null && Boolean.TRUE.equals(may.getStatus().getAllowed())
                ? Answer.ALLOWED
                : Answer.FORBIDDEN;
    }

    private void disconnect() {
        KubernetesClient open = client;
        if (open != null) {
            client = null;
            open.close();
        }
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
