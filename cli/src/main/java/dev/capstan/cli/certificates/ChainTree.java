package dev.capstan.cli.certificates;

import dev.capstan.certificates.Certificate;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Certificates as a tree: each below the first one that has its issuer's name. A root, and one whose issuer is not there,
 * stands at the top; of a ring of cross-signed CAs the first does. By names alone: whether signatures hold is for those who
 * verify chains.
 */
final class ChainTree {

    /**
     * A certificate in the tree.
     *
     * @param certificate it
     * @param depth how many stand above it
     */
    record Branch(Certificate certificate, int depth) {}

    private final Map<Certificate, List<Certificate>> below = new LinkedHashMap<>();
    private final List<Branch> branches = new ArrayList<>();
    private final Set<Certificate> placed = new HashSet<>();

    private ChainTree() {}

    /** The tree, from top to bottom, as it is printed. */
    static List<Branch> of(List<Certificate> certificates) {
        var tree = new ChainTree();
        var bySubject = new HashMap<ByteBuffer, Certificate>();
        certificates.forEach(each -> bySubject.putIfAbsent(ByteBuffer.wrap(each.subjectDer()), each));
        var tops = new ArrayList<Certificate>();
        for (var certificate : certificates) {
            var issuer = bySubject.get(ByteBuffer.wrap(certificate.issuerDer()));
            if (issuer == null || issuer.equals(certificate)) {
                tops.add(certificate);
            } else {
                tree.below.computeIfAbsent(issuer, none -> new ArrayList<>()).add(certificate);
            }
        }
        tops.forEach(top -> tree.place(top));
        certificates.forEach(tree::place);
        return tree.branches;
    }

    /** Puts it and all below it into the tree; without recursion, since a chain can be as long as a file. */
    private void place(Certificate top) {
        var stack = new ArrayList<Branch>(List.of(new Branch(top, 0)));
        while (!stack.isEmpty()) {
            var branch = stack.removeLast();
            if (placed.add(branch.certificate())) {
                branches.add(branch);
                below.getOrDefault(branch.certificate(), List.of())
                        .reversed()
                        .forEach(each -> stack.add(new Branch(each, branch.depth() + 1)));
            }
        }
    }
}
