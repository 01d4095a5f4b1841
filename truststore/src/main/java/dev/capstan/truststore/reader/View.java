package dev.capstan.truststore.reader;

import dev.capstan.certificates.Identity;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The trust store as one client sees it. Paths are as seen from inside the root. */
public sealed interface View {

    Client client();

    /**
     * It reads the store.
     *
     * @param places the files and folders it reads, in its order
     * @param certificates what it trusts, each with the file where it found it first
     * @param hidden certificates that lie in these places and that it does not find, each with the reason
     * @param faults what else it met that is not as it should be and did not keep it from reading the rest
     */
    record Trusting(
            Client client,
            List<String> places,
            NavigableMap<Identity, String> certificates,
            Map<Identity, Fault> hidden,
            List<Fault> faults)
            implements View {

        public Trusting {
            places = List.copyOf(places);
            certificates = Collections.unmodifiableNavigableMap(new TreeMap<>(certificates));
            hidden = Map.copyOf(hidden);
            faults = List.copyOf(faults);
        }
    }

    /** It can read nothing of the store, and trusts nothing. */
    record Failing(Client client, Fault fault) implements View {}

    /**
     * The root has nothing for this client, and need not.
     *
     * @param words why, as a sentence
     */
    record Absent(Client client, String words) implements View {}

    /**
     * Something that is not as it should be.
     *
     * @param path the file
     * @param words what is the matter with it
     * @param remedy what to do, as a sentence
     */
    record Fault(String path, String words, String remedy) {

        @Override
        public String toString() {
            return path + ": " + words;
        }
    }

    /** What this client trusts, each with the file where it found it; nothing unless it reads the store. */
    default Map<Identity, String> trusted() {
        return this instanceof Trusting trusting ? trusting.certificates() : Map.of();
    }
}
