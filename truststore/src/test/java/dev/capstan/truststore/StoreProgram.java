package dev.capstan.truststore;

import dev.capstan.certificates.CertificateSet;
import java.nio.file.Path;

/** Applies sets to a root, in a process of its own: {@code ROOT FILE…}, each file one set, {@code -} the empty one. */
public final class StoreProgram {

    private StoreProgram() {}

    public static void main(String[] arguments) throws Exception {
        TrustStore store = TrustStore.at(Path.of(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            CertificateSet set =
                    arguments[i].equals("-") ? CertificateSet.empty() : Authority.read(Path.of(arguments[i]));
            System.out.println(store.apply(Wanted.of(set)));
        }
    }
}
