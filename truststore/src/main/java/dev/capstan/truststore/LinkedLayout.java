package dev.capstan.truststore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is special about a family whose tool copies certificate files into a bundle and links them by name and by hash.
 *
 * @param family what everybody may know of it
 * @param links the folder of the links
 * @param bundle the bundle
 * @param distribution the folder of the distribution's own files; what of it counts is listed in {@link SelectionFile}
 * @param linkPrefix what the name of a link begins with
 * @param deep whether anchors are {@code *.crt} at any depth, links followed, as find -L does; else every regular file
 *     of the folder is one
 * @param keystore the Java keystore
 * @param temporary the file, beside the bundle, in which the tool makes it, see {@link ForeignRun}
 */
record LinkedLayout(
        Family family,
        String links,
        String bundle,
        String distribution,
        String linkPrefix,
        boolean deep,
        Optional<String> keystore,
        String temporary)
        implements Layout {

    @Override
    public ForeignRun foreignRun(Root root) {
        return new ForeignRun(root, links, temporary, family.tool());
    }

    @Override
    public Survey survey(Root root, StoreRecord record, SourceCache cache, Hook hook, ForeignRun run)
            throws IOException {
        return new LinkedSurvey(root, this, record, cache, hook, run);
    }

    @Override
    public List<String> watched() {
        List<String> watched = new ArrayList<>(List.of(links, anchors()));
        keystore.ifPresent(path -> watched.add(path.substring(0, path.lastIndexOf('/'))));
        return watched;
    }

    String anchors() {
        return family.anchors();
    }

    /** The name that the tool gives the link of a file. */
    String linkName(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (name.endsWith(".crt")) {
            name = name.substring(0, name.length() - ".crt".length());
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
