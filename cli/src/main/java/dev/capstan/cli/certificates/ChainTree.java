package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.Issuers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Certificates as a tree: each below a certificate of the CA that issued it, by {@link Issuers}. Where that CA has several, as
 * when it is cross-signed, it stands below the self-signed one, or else the first; each of the others names it as its equal. A
 * root, and one whose issuer is not there, stands at the top; of a ring of cross-signed CAs the first does.
 */
final class ChainTree {

    /**
     * A certificate in the tree.
     *
     * @param certificate it
     * @param depth how many stand above it
     * @param issuers the certificates of the CA that issued it; none for a root, and where they are not there
     * @param sameAuthority other certificates of the same CA, with its name and its key
     */
    record Branch(Certificate certificate, int depth, List<Certificate> issuers, List<Certificate> sameAuthority) {

        /** Whether the CA that issued it is missing. */
        boolean lacksIssuer() {
            return issuers.isEmpty() && !Issuers.isSelfSigned(certificate);
        }
    }

    private final Map<Certificate, List<Certificate>> issuers = new HashMap<>();
    private final Map<Certificate, List<Certificate>> below = new LinkedHashMap<>();
    private final Map<List<ByteBuffer>, List<Certificate>> authorities = new HashMap<>();
    private final List<Branch> branches = new ArrayList<>();
    private final Set<Certificate> placed = new HashSet<>();

    private ChainTree() {}

    /** The tree, from top to bottom, as it is printed. */
    static List<Branch> of(List<Certificate> certificates) {
        var tree = new ChainTree();
        var all = Issuers.among(certificates);
        var tops = new ArrayList<Certificate>();
        for (var certificate : certificates) {
            tree.authorities
                    .computeIfAbsent(authority(certificate), none -> new ArrayList<>())
                    .add(certificate);
            var issuers = Issuers.isSelfSigned(certificate) ? List.<Certificate>of() : all.of(certificate);
            tree.issuers.put(certificate, issuers);
            if (issuers.isEmpty()) {
                tops.add(certificate);
            } else {
                var above = issuers.stream()
                        .filter(Issuers::isSelfSigned)
                        .findFirst()
                        .orElse(issuers.getFirst());
                tree.below.computeIfAbsent(above, none -> new ArrayList<>()).add(certificate);
            }
        }
        tops.forEach(tree::place);
        certificates.forEach(tree::place);
        return tree.branches;
    }

    private static List<ByteBuffer> authority(Certificate certificate) {
        return List.of(ByteBuffer.wrap(certificate.subjectDer()), ByteBuffer.wrap(certificate.keyDer()));
    }

    /** Puts it and all below it into the tree; without recursion, since a chain can be as long as a file. */
    private void place(Certificate top) {
        record At(Certificate certificate, int depth) {}
        var stack = new ArrayList<>(List.of(new At(top, 0)));
        while (!stack.isEmpty()) {
            var at = stack.removeLast();
            var certificate = at.certificate();
            if (placed.add(certificate)) {
                var same = authorities.getOrDefault(authority(certificate), List.of()).stream()
                        .filter(each -> !each.equals(certificate))
                        .toList();
                branches.add(new Branch(certificate, at.depth(), issuers.getOrDefault(certificate, List.of()), same));
                below.getOrDefault(certificate, List.of())
                        .reversed()
                        .forEach(each -> stack.add(new At(each, at.depth() + 1)));
            }
        }
    }
}
