package dev.capstan.proof;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a server's chain against anchors, in the order in which a program in Go would (crypto/x509, {@code Verify}): dates
 * of the server's own certificate, its names, then a way up to an anchor. All three are looked at, whatever the first says.
 *
 * <p>The way up is searched: an issuer is whoever has the subject that the certificate names, byte by byte, and the key that
 * signed it; anchors before the certificates that the server sent. The first way that {@link ChainRules} lets pass is taken.
 * At most {@link #MOST_SIGNATURES} signatures are checked, as in Go, so that no chain costs more.
 */
public final class ChainCheck {

    private static final int MOST_SIGNATURES = 100;

    private final List<X509Certificate> sent;
    private final Anchors anchors;
    private final Instant now;
    private int signatures;
    private Verdict.@Nullable Problem refused;
    private List<X509Certificate> longest = List.of();
    private final Set<String> otherKeys = new HashSet<>();

    private ChainCheck(List<X509Certificate> sent, Anchors anchors, Instant now) {
        this.sent = sent;
        this.anchors = anchors;
        this.now = now;
    }

    /**
     * Verifies.
     *
     * @param sent as the server sent them, its own first; at least one
     * @param host what the server was asked for by
     */
    public static Verdict of(List<X509Certificate> sent, Anchors anchors, String host, Instant now) {
        ChainCheck check = new ChainCheck(sent, anchors, now);
        List<Verdict.Problem> problems = new ArrayList<>();
        X509Certificate own = sent.getFirst();
        ChainRules.outOfTime(own, now).ifPresent(problems::add);
        HostNames.problem(own, host)
                .ifPresent(words -> problems.add(new Verdict.Problem(Reason.HOSTNAME_MISMATCH, words)));
        Optional<X509Certificate> anchor = check.anchorOf(own);
        if (anchor.isPresent()) {
            return new Verdict(problems, anchor.get(), null, false);
        }
        if (check.refused != null) {
            problems.add(check.refused);
            return new Verdict(problems, null, null, false);
        }
        problems.add(new Verdict.Problem(Reason.UNKNOWN_AUTHORITY, check.missingWords()));
        return new Verdict(problems, null, check.longest.getLast(), check.rekeyed());
    }

    private Optional<X509Certificate> anchorOf(X509Certificate own) {
        for (X509Certificate anchor : anchors.withSubject(DerNames.subject(own))) {
            if (anchor.equals(own) && pass(List.of(own))) {
                return Optional.of(own);
            }
        }
        return climb(List.of(own));
    }

    private Optional<X509Certificate> climb(List<X509Certificate> chain) {
        if (chain.size() > longest.size()) {
            longest = chain;
        }
        X509Certificate top = chain.getLast();
        ByteBuffer issuer = DerNames.issuer(top);
        for (X509Certificate anchor : anchors.withSubject(issuer)) {
            if (issued(anchor, top) && !among(chain, anchor) && pass(with(chain, anchor))) {
                return Optional.of(anchor);
            }
        }
        for (X509Certificate candidate : sent) {
            if (DerNames.subject(candidate).equals(issuer) && !among(chain, candidate) && issued(candidate, top)) {
                Optional<X509Certificate> anchor = climb(with(chain, candidate));
                if (anchor.isPresent()) {
                    return anchor;
                }
            }
        }
        return Optional.empty();
    }

    private boolean pass(List<X509Certificate> chain) {
        Optional<Verdict.Problem> problem = ChainRules.problem(chain, now);
        if (problem.isPresent() && refused == null) {
            refused = problem.get();
        }
        return problem.isEmpty();
    }

    private boolean issued(X509Certificate issuer, X509Certificate certificate) {
        if (++signatures > MOST_SIGNATURES) {
            return false;
        }
        boolean issued = ChainRules.issued(issuer, certificate);
        if (!issued) {
            otherKeys.add(Names.subject(issuer));
        }
        return issued;
    }

    /** Whether the issuer that is missing is there by its name, with another key. */
    private boolean rekeyed() {
        return otherKeys.contains(Names.issuer(longest.getLast()));
    }

    private String missingWords() {
        X509Certificate top = longest.getLast();
        String issuer = Names.issuer(top);
        StringBuilder words = new StringBuilder();
        if (ChainRules.isSelfSigned(top)) {
            words.append("the chain ends in ")
                    .append(issuer)
                    .append(", SHA-256 ")
                    .append(Names.identity(top));
            words.append(", which is not in the trust store");
        } else {
            words.append(Names.subject(top)).append(" was issued by ").append(issuer);
            words.append(", which is neither in the trust store nor among the ");
            words.append(sent.size() == 1 ? "one certificate" : sent.size() + " certificates")
                    .append(" sent");
        }
        if (rekeyed()) {
            words.append("; there is a certificate of that name with another key");
        }
        if (signatures > MOST_SIGNATURES) {
            words.append("; the search was given up after ")
                    .append(MOST_SIGNATURES)
                    .append(" signatures");
        }
        return words.toString();
    }

    /** Whether the chain has this certificate, or another of the same name and key. */
    private static boolean among(List<X509Certificate> chain, X509Certificate certificate) {
        return chain.stream()
                .anyMatch(one -> one.getSubjectX500Principal().equals(certificate.getSubjectX500Principal())
                        && one.getPublicKey().equals(certificate.getPublicKey()));
    }

    private static List<X509Certificate> with(List<X509Certificate> chain, X509Certificate next) {
        List<X509Certificate> longer = new ArrayList<>(chain);
        longer.add(next);
        return longer;
    }
}
