package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is special about a family whose tool makes its outputs of files: a bundle of their copies, and links to them by
 * name and by hash.
 *
 * @param family what everybody may know of it
 * @param links the folder of the links
 * @param bundle the bundle
 * @param order how the bundle is made
 * @param distribution the folder of the distribution's own files
 * @param selected whether {@link SelectionFile} lists which of them count; else all {@code *.pem} do
 * @param linkPrefix what the name of a link begins with
 * @param suffix what the name of an anchor ends with
 * @param search where anchors are looked for
 * @param keystore the Java keystore
 * @param temporary the file, beside the bundle, in which the tool makes it, see {@link ForeignRun}
 */
record LinkedLayout(
        Family family,
        String links,
        String bundle,
        Order order,
        String distribution,
        boolean selected,
        String linkPrefix,
        String suffix,
        Search search,
        Optional<String> keystore,
        String temporary)
        implements Layout {

    /** How a bundle is made. */
    enum Order {
        /** Of the distribution's files and then the anchors. */
        BY_FILE,
        /** Of what the hash links lead to, in the order of their names. */
        BY_HASH,
        /** By nobody: it holds what somebody once put there, and ours behind it. */
        AS_IT_IS
    }

    /** Where anchors are looked for. */
    enum Search {
        /** At any depth, links followed, as find -L does. */
        DEEP,
        /** Every regular file of the folder whose name does not begin with a dot, whatever it ends with. */
        ALL,
        /** Every regular file of the folder with the suffix. */
        SUFFIX
    }

    @Override
    public ForeignRun foreignRun(Root root) {
        return new ForeignRun(root, links, temporary, family.tool().split(" ", 2)[0]);
    }

    @Override
    public Survey survey(Root root, StoreRecord record, Cache cache, Hook hook, ForeignRun run) throws IOException {
        return new LinkedSurvey(root, this, record, cache, hook, run);
    }

    @Override
    public List<String> watched() {
        List<String> watched = new ArrayList<>(List.of(links, anchors()));
        keystore.ifPresent(path -> watched.add(path.substring(0, path.lastIndexOf('/'))));
        return watched;
    }

    /** Whether anchors lie where the links are, so that they need none by name. */
    boolean isFlat() {
        return family.anchors().equals(links);
    }

    String anchors() {
        return family.anchors();
    }

    /** Of whose anchor of ours a link bears the name; empty for a foreign one. */
    Optional<Identity> linkOwner(String name) {
        return name.startsWith(linkPrefix) ? Ours.owner(name.substring(linkPrefix.length()), ".pem") : Optional.empty();
    }

    /** The name that the tool gives the link of a file. */
    String linkName(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.endsWith(suffix)) {
            name = name.substring(0, name.length() - suffix.length());
        }
        StringBuilder link = new StringBuilder(linkPrefix.length() + name.length() + 4).append(linkPrefix);
        for (int i = 0; i < name.length(); i++) {
            char character = name.charAt(i);
            link.append(
                    switch (character) {
                        case ' ', ',' -> '_';
                        case '(', ')' -> '=';
                        default -> character;
                    });
        }
        return link.append(".pem").toString();
    }
}
