package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.util.Collection;

/**
 * A file from which the family's tool makes outputs.
 *
 * @param path the file, as seen inside the root
 * @param link the name that the tool gives it in the folder of links; its own name where it lies in that folder
 * @param by who put it there
 * @param content what it gives
 */
record Source(String path, String link, By by, SourceContent content) {

    /** Who a source comes from. */
    enum By {
        DISTRIBUTION,
        ADMINISTRATOR,
        CAPSTAN
    }

    /** This without some certificates. */
    Source without(Collection<Identity> distrusted) {
        SourceContent rest = content.without(distrusted);
        return rest == content ? this : new Source(path, link, by, rest);
    }

    boolean isEmpty() {
        return content.certificates().isEmpty();
    }
}
