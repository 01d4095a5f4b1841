package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A bundle that is made of files, one after the other. Certificates that are in it and that no file explains, put in by
 * hand, say, come last and are kept; all else is as the files say, so that one that lost certificates is whole again.
 */
final class CopiedBundle {

    private static final int MOST_NAMED = 3;

    private final boolean there;
    private final Bundle parsed;
    private final boolean straysFirst;
    private final List<Bundle.Block> strays = new ArrayList<>();

    /**
     * @param now the bundle as it is; empty where there is none
     * @param explained every certificate that has its reason to be, or not to be, in it
     * @param straysFirst whether what no file explains comes first
     */
    CopiedBundle(Optional<Bundle> now, Collection<Identity> explained, boolean straysFirst) {
        this.there = now.isPresent();
        this.straysFirst = straysFirst;
        this.parsed = now.orElse(Bundle.parse(new byte[0]));
        Set<Identity> seen = new HashSet<>(explained);
        for (Bundle.Block block : parsed.blocks()) {
            if (seen.add(block.identity())) {
                strays.add(block);
            }
        }
    }

    /** Those that no file explains. */
    List<Identity> strays() {
        List<Identity> identities = new ArrayList<>();
        for (Bundle.Block block : strays) {
            identities.add(block.identity());
        }
        return identities;
    }

    List<Identity> identities() {
        return parsed.identities();
    }

    /** Says of every certificate that it is in this bundle. */
    void hold(InventoryMaker maker, String path) {
        for (Bundle.Block block : parsed.blocks()) {
            maker.held(block.identity(), block.der(), path);
        }
    }

    /** The bundle as these files, and what is kept, make it. */
    byte[] of(List<Source> sources, Collection<Identity> distrusted) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 18);
        if (straysFirst) {
            writeStrays(bytes, distrusted);
        }
        for (Source source : sources) {
            bytes.writeBytes(source.content().bytes());
        }
        if (!straysFirst) {
            writeStrays(bytes, distrusted);
        }
        return bytes.toByteArray();
    }

    private void writeStrays(ByteArrayOutputStream bytes, Collection<Identity> distrusted) {
        for (Bundle.Block block : strays) {
            if (!distrusted.contains(block.identity())) {
                bytes.writeBytes(Bundle.pem(block.der()));
            }
        }
    }

    /** In words how the bundle differs from what these files make. */
    String difference(List<Source> sources) {
        if (!there) {
            return "does not exist";
        }
        List<String> words = new ArrayList<>();
        for (int line : parsed.broken()) {
            words.add("the block at line " + line + " is cut");
        }
        Map<Identity, Integer> counts = new HashMap<>();
        for (Source source : sources) {
            for (SourceContent.Found found : source.content().certificates()) {
                counts.merge(found.identity(), 1, Integer::sum);
            }
        }
        for (Identity stray : strays()) {
            counts.merge(stray, 1, Integer::sum);
        }
        for (Identity identity : parsed.identities()) {
            if (!counts.containsKey(identity)) {
                words.add("holds the certificate " + identity + ", which was removed");
                counts.put(identity, 0);
            } else if (counts.merge(identity, -1, Integer::sum) == -1) {
                words.add("holds the certificate " + identity + " more than once");
            }
        }
        counts.forEach((identity, missing) -> {
            if (missing > 0) {
                words.add(Step.lacks(identity));
            }
        });
        if (words.isEmpty()) {
            return "is not what its files make: another order, or text between the certificates";
        }
        return words.size() <= MOST_NAMED
                ? String.join("; ", words)
                : String.join("; ", words.subList(0, MOST_NAMED)) + "; and " + (words.size() - MOST_NAMED) + " more";
    }
}
