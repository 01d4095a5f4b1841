package dev.capstan.truststore;

import dev.capstan.truststore.Steps.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.Collection;
import java.util.TreeSet;

/** What a change that was killed has left staged; it goes with the next. */
final class Leftovers {

    private Leftovers() {}

    /** Plans the removal of what is staged in these folders. */
    static void plan(Root root, Collection<String> folders, Steps steps) throws IOException {
        for (String folder : new TreeSet<>(folders)) {
            String staging = folder + "/" + StoreFolder.STAGING;
            if (Files.exists(root.entry(staging), LinkOption.NOFOLLOW_LINKS)) {
                steps.add(Phase.PREPARE, new Step.Clear(staging, "is left of a change that was not finished"));
            }
        }
    }

    /** The folder of an entry. */
    static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
