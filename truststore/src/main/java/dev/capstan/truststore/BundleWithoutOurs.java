package dev.capstan.truststore;

import dev.capstan.truststore.Steps.Phase;
import java.io.IOException;
import java.util.Arrays;

/** The bundle without our set, kept beside the store for a runtime that shall see our set by another way. */
final class BundleWithoutOurs {

    /** As seen inside the root. */
    static final String PATH = Ours.STATE + "/distribution.pem";

    private BundleWithoutOurs() {}

    /** Plans that it has these bytes. */
    static void plan(Root root, byte[] bytes, Steps steps) throws IOException {
        boolean same = root.read(PATH).filter(now -> Arrays.equals(now, bytes)).isPresent();
        if (!same) {
            steps.add(Phase.OWN, Step.Put.file(PATH, bytes, "is not the bundle without our certificates"));
        }
    }
}
