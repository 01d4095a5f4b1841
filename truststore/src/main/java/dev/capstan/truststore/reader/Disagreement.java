package dev.capstan.truststore.reader;

import java.util.List;

/** A matter in which not all clients of a root see the same trust store. */
public sealed interface Disagreement {

    /** What to do, in sentences. */
    String remedy();

    /**
     * One client has trouble with the store.
     *
     * @param readsNothing whether it trusts nothing at all for it
     */
    record OfClient(Client client, View.Fault fault, boolean readsNothing) implements Disagreement {
        @Override
        public String remedy() {
            return fault.remedy();
        }
    }

    /**
     * A certificate that some clients trust and others do not.
     *
     * @param seenBy who trusts it, and the file by which
     * @param missedBy who does not, and where it should be or why it is not found
     */
    record OfCertificate(SeenCertificate certificate, List<Sight> seenBy, List<Sight> missedBy, String remedy)
            implements Disagreement {

        public OfCertificate {
            seenBy = List.copyOf(seenBy);
            missedBy = List.copyOf(missedBy);
        }
    }

    /**
     * What one client makes of a certificate.
     *
     * @param path the file, as seen from inside the root
     * @param words what is the matter, to be read after the path; empty where it is trusted
     */
    record Sight(Client client, String path, String words) {}
}
