package dev.capstan.truststore;

import dev.capstan.certificates.Identity;
import java.util.List;

/**
 * What {@link TrustStore#uninstall} took away.
 *
 * @param removed certificates of ours, sorted
 * @param restored certificates that are trusted again because nothing is distrusted any more, sorted
 * @param paths what was changed or removed, as seen inside the root
 * @param remarks what is left for somebody else to do, a sentence each; often empty
 */
public record Uninstalled(List<Identity> removed, List<Identity> restored, List<String> paths, List<String> remarks) {

    public Uninstalled {
        removed = List.copyOf(removed);
        restored = List.copyOf(restored);
        paths = List.copyOf(paths);
        remarks = List.copyOf(remarks);
    }
}
