package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import dev.capstan.truststore.Inventory.Item;
import dev.capstan.truststore.Inventory.Owner;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Gathers an {@link Inventory} from sources and outputs, in any order. */
final class InventoryMaker {

    private final Map<Identity, byte[]> certificates = new HashMap<>();
    private final Map<Identity, Set<Owner>> owners = new HashMap<>();
    private final Map<Identity, Set<String>> outputs = new TreeMap<>();

    /** This source gives its certificates to the store. */
    void source(Source source) {
        String path = PathText.shown(source.path());
        Owner owner = switch (source.by()) {
            case DISTRIBUTION -> new Owner.Distribution(path);
            case ADMINISTRATOR -> new Owner.Administrator(path);
            case CAPSTAN -> new Owner.Capstan();
        };
        for (Bundle.Block block : Bundle.parse(source.content().bytes()).blocks()) {
            owned(block.identity(), block.der(), owner);
        }
    }

    /** This certificate was put into the store by this hand. */
    void owned(Identity identity, byte[] der, Owner owner) {
        certificates.putIfAbsent(identity, der);
        owners.computeIfAbsent(identity, none -> new LinkedHashSet<>()).add(owner);
        outputs.computeIfAbsent(identity, none -> new LinkedHashSet<>());
    }

    /** As {@link #owned}, unless an output named the same kind of owner before. */
    void ownedFirst(Identity identity, byte[] der, Owner owner) {
        for (Owner known : owners.getOrDefault(identity, Set.of())) {
            if (known.getClass() == owner.getClass()) {
                return;
            }
        }
        owned(identity, der, owner);
    }

    /** This output holds this certificate. */
    void held(Identity identity, byte[] der, String output) {
        certificates.putIfAbsent(identity, der);
        outputs.computeIfAbsent(identity, none -> new LinkedHashSet<>()).add(output);
    }

    /** This output holds this certificate, which is known already. */
    void held(Identity identity, String output) {
        outputs.computeIfAbsent(identity, none -> new LinkedHashSet<>()).add(output);
    }

    Inventory inventory() {
        List<Item> items = new ArrayList<>();
        outputs.forEach((identity, paths) -> {
            Optional<X509Certificate> certificate = certificate(certificates.getOrDefault(identity, new byte[0]));
            Optional<Instant> notAfter =
                    certificate.map(known -> known.getNotAfter().toInstant());
            items.add(new Item(
                    identity,
                    certificate
                            .map(known -> known.getSubjectX500Principal().getName())
                            .orElse("not a certificate that Java can read"),
                    notAfter,
                    List.copyOf(owners.getOrDefault(identity, Set.of(new Owner.Unknown()))),
                    List.copyOf(paths)));
        });
        return new Inventory(items);
    }

    private static Optional<X509Certificate> certificate(byte[] der) {
        try {
            return Optional.of((X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)));
        } catch (CertificateException | RuntimeException unreadable) {
            // Foreign bytes; the inventory says that it cannot be read.
            return Optional.empty();
        }
    }
}
