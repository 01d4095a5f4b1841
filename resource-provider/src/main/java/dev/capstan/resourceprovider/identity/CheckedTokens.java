package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.wire.Sha256;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What the tokens say whose signature was checked not long ago, so that it need not be checked with every request: by SHA-256
 * of the token, the text itself is not kept. Only what never changes is remembered: whether the time has come or gone, whether
 * its key still verifies and whether its principal is still there is asked anew each time. Only good tokens are remembered, so
 * that strangers cannot push others out; of more than {@value #MOST} the one not used for longest is forgotten.
 */
final class CheckedTokens {

    static final int MOST = 4096;

    /**
     * The claims of a token with a good signature.
     *
     * @param key id of the key that signed it
     * @param notBefore seconds since 1970
     * @param expires seconds since 1970
     */
    record Claims(AccessTokens.Subject subject, String key, long notBefore, long expires) {}

    private final SequencedMap<ByteBuffer, Claims> byHash = new LinkedHashMap<>(64, 0.75f, true);

    /** The claims of a token that was checked. */
    Optional<Claims> find(String token) {
        ByteBuffer hash = hash(token);
        synchronized (byHash) {
            return Optional.ofNullable(byHash.get(hash));
        }
    }

    /** Remembers a token whose signature was found good. */
    void remember(String token, Claims claims) {
        ByteBuffer hash = hash(token);
        synchronized (byHash) {
            byHash.put(hash, claims);
            if (byHash.size() > MOST) {
                byHash.pollFirstEntry();
            }
        }
    }

    /** Forgets a token that will never be good again. */
    void forget(String token) {
        ByteBuffer hash = hash(token);
        synchronized (byHash) {
            byHash.remove(hash);
        }
    }

    int size() {
        synchronized (byHash) {
            return byHash.size();
        }
    }

    private static ByteBuffer hash(String token) {
        return ByteBuffer.wrap(Sha256.of(token));
    }
}
