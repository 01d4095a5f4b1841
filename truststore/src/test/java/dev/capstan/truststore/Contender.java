package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A content that a store is brought to in turn with others: one certificate is in all of them, and some share a subject. */
record Contender(String name, Path folder, List<Certificate> certificates) {

    static List<Contender> make(Path folder) throws IOException {
        Authority kept = Authority.make(folder, "kept");
        Authority first = Authority.make(folder, "first", "/CN=Renewed");
        Authority second = Authority.make(folder, "second", "/CN=Renewed");
        Authority third = Authority.make(folder, "third");
        return List.of(
                of("one", folder, Authority.set(kept, first)),
                of("two", folder, Authority.set(kept, second)),
                of("both", folder, Authority.set(kept, first, second)),
                of("other", folder, Authority.set(kept, third)));
    }

    private static Contender of(String name, Path folder, CertificateSet set) throws IOException {
        Files.writeString(folder.resolve(name + ".pem"), set.pem());
        return new Contender(name, folder, set.certificates());
    }

    String order(Path root) {
        return "apply " + root + " " + folder.resolve(name + ".pem");
    }

    /** Every certificate of theirs, once. */
    static Collection<Certificate> all(List<Contender> contenders, Collection<Certificate> stock) {
        List<Certificate> all = new ArrayList<>(stock);
        contenders.forEach(contender -> all.addAll(contender.certificates()));
        return CertificateSet.of(all).certificates();
    }

    /** What holds whichever of them is written over whichever. */
    static Passage passage(List<Contender> contenders, Collection<Certificate> stock) {
        return Passage.among(
                stock, contenders.stream().map(Contender::certificates).toList());
    }

    /** When this one is there. */
    Passage arrival(Collection<Certificate> stock) {
        return Passage.of(stock, certificates, certificates);
    }
}
