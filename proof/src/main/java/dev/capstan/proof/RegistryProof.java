package dev.capstan.proof;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * The proof of a registry's server together with the token server that its answer names: who cannot get a token pulls
 * nothing. Of the token server the chain alone counts; what it answers to whom it does not know is its own business.
 */
public final class RegistryProof {

    private RegistryProof() {}

    /**
     * Makes it, now, and returns within twice the limit.
     *
     * @param server with a path, such as {@code /v2/}
     * @param proxies the environment variables of the runtime that choose its proxy
     * @return the server's where that does not verify or names no token server behind TLS, else the token server's
     */
    public static TlsProof of(TlsEndpoint server, Anchors anchors, Map<String, String> proxies, Duration limit) {
        TlsProof proof = TlsProof.of(server, anchors, proxies, limit);
        String realm = proof.tokenServer();
        if (proof.reason() != Reason.VERIFIED || !realm.toLowerCase(Locale.ROOT).startsWith("https://")) {
            return proof;
        }
        String words = proof.message() + "; its token server " + Names.shown(realm) + ": ";
        TlsEndpoint named;
        try {
            named = TlsEndpoint.ofUrl(realm);
        } catch (IllegalArgumentException unreadable) {
            return proof.ending(Reason.SERVER_ERROR, words + "that is no address");
        }
        TlsProof tokens = TlsProof.of(TlsEndpoint.of(realm, named.address(), ""), anchors, proxies, limit);
        return tokens.ending(tokens.reason(), words + tokens.message());
    }
}
