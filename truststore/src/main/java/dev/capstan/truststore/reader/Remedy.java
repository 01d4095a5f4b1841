package dev.capstan.truststore.reader;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What to do about what was found, in sentences. */
final class Remedy {

    static final String REBUILD =
            "Run 'capstan truststore apply'; what it does not mend the distribution's own tool does"
                    + " (update-ca-certificates --fresh, update-ca-trust).";

    static final String KEYSTORE =
            "Remove the file and let the distribution make it anew (update-ca-certificates --fresh,"
                    + " update-ca-trust), then run 'capstan truststore apply'.";

    private Remedy() {}

    /** What to do about a certificate that not everybody trusts. */
    static String of(List<Disagreement.Sight> seenBy, List<Disagreement.Sight> missedBy) {
        Set<Client> sees = clients(seenBy);
        Set<Client> misses = clients(missedBy);
        if (sees.equals(EnumSet.of(Client.GO))) {
            return "Go trusts every file of this folder, whatever its name: remove "
                    + seenBy.getFirst().path() + ", or make the certificate an anchor if it shall be trusted.";
        }
        if (sees.equals(EnumSet.of(Client.JAVA))) {
            return "Java keeps what was removed elsewhere. If it shall go: keytool -delete -storepass changeit"
                    + " -keystore FILE -alias ALIAS, as named here. If it shall stay, make it an anchor.";
        }
        if (sees.equals(EnumSet.of(Client.GNUTLS))) {
            return "An anchor counts for GnuTLS as soon as it is laid down; run the distribution's tool"
                    + " (update-ca-trust, update-ca-certificates, trust extract-compat) for the others.";
        }
        if (misses.equals(EnumSet.of(Client.JAVA))) {
            return "The distribution's tool adds to the Java keystore only what it has just linked: run 'capstan"
                    + " truststore apply' for Capstan's own, update-ca-certificates --fresh for others.";
        }
        return REBUILD;
    }

    private static Set<Client> clients(List<Disagreement.Sight> sights) {
        Set<Client> clients = EnumSet.noneOf(Client.class);
        sights.forEach(sight -> clients.add(sight.client()));
        return clients;
    }
}
