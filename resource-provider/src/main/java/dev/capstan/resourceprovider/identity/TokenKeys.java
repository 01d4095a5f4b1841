package dev.capstan.resourceprovider.identity;

import dev.capstan.resourceprovider.store.KubernetesApi.Conflict;
import dev.capstan.resourceprovider.store.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of access tokens, in the Secret {@code arm-token-key}, which every server of a management cluster shares. The
 * youngest signs; after a day it is followed by another one, and verifies until the last token that it signed has ended. Who
 * writes first wins, and the others read. A server looks at the Secret anew once a minute, and when a token names a key that it
 * does not know. Losing the keys ends every token that was handed out, no more.
 */
final class TokenKeys {

    /** How long a key signs. */
    static final Duration SIGNS = Duration.ofDays(1);

    /** How long a server may go on signing with a key that another server followed. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** How often an unknown key makes a server look. */
    private static final Duration GLANCE = Duration.ofSeconds(1);

    private static final Duration VERIFIES_ON = AccessTokens.LIFE.plus(Duration.ofMinutes(5));
    private static final String SECRET = "arm-token-key";
    private static final int TRIES = 5;

    private final Secrets secrets;
    private final InstantSource clock;
    private List<TokenKey> keys = List.of();
    private Instant read = Instant.MIN;

    private TokenKeys(Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Reads the keys, and makes one if there is none. */
    static TokenKeys open(Secrets secrets, InstantSource clock) {
        var keys = new TokenKeys(secrets, clock);
        keys.signing();
        return keys;
    }

    /** The key that signs now. */
    synchronized TokenKey signing() {
        Instant now = clock.instant();
        if (keys.isEmpty() || isOver(read, FRESH)) {
            load();
        }
        for (int i = 0; i < TRIES; i++) {
            if (!keys.isEmpty() && !isOver(keys.getFirst().created(), SIGNS)) {
                return keys.getFirst();
            }
            try {
                follow(TokenKey.generate(now));
            } catch (Conflict writtenByAnother) {
                // That server's key is read in the next turn.
            }
            load();
        }
        throw new IllegalStateException("the Secret capstan-system/" + SECRET + " is made and deleted by others");
    }

    /** The key of this id, if tokens that it signed may still be good. */
    synchronized Optional<TokenKey> verifying(String id) {
        Optional<TokenKey> known = find(id);
        if (known.isEmpty() && isOver(read, GLANCE)) {
            load();
            known = find(id);
        }
        return known;
    }

    /** Every key that verifies, the one that signs first. */
    synchronized List<TokenKey> all() {
        signing();
        return good(keys);
    }

    private Optional<TokenKey> find(String id) {
        return good(keys).stream().filter(key -> key.id().equals(id)).findFirst();
    }

    private boolean isOver(Instant since, Duration time) {
        return since.equals(Instant.MIN) || !clock.instant().isBefore(since.plus(time));
    }

    /** Youngest first; one is good as long as none, or only a recent one, follows it. */
    private List<TokenKey> good(List<TokenKey> all) {
        List<TokenKey> good = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (i == 0 || !isOver(all.get(i - 1).created(), VERIFIES_ON)) {
                good.add(all.get(i));
            }
        }
        return good;
    }

    private void load() {
        keys = parse(secrets.read(SECRET).orElse(Map.of()));
        read = clock.instant();
    }

    private static List<TokenKey> parse(Map<String, byte[]> data) {
        return data.keySet().stream()
                .filter(name -> name.endsWith(TokenKey.PUBLIC))
                .map(name -> name.substring(0, name.length() - TokenKey.PUBLIC.length()))
                .map(name -> TokenKey.of(SECRET, name, data))
                .sorted(Comparator.comparing(TokenKey::created).reversed())
                .toList();
    }

    /** Lets another key follow, and forgets those that verify nothing any more. */
    private void follow(TokenKey next) throws Conflict {
        Map<String, byte[]> first = next.data();
        if (!secrets.change(SECRET, there -> {
            Map<String, byte[]> data = new LinkedHashMap<>(first);
            good(parse(there)).forEach(key -> data.putAll(key.data()));
            return data;
        })) {
            secrets.create(SECRET, first);
        }
    }
}
