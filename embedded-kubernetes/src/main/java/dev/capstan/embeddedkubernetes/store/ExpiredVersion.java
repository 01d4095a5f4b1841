package dev.capstan.embeddedkubernetes.store;

/** The history no longer reaches back to the resourceVersion asked for (HTTP 410, reason Expired). */
public final class ExpiredVersion extends RuntimeException {
    ExpiredVersion(long asked, long oldest) {
        super("too old resource version: " + asked + " (" + oldest + ")", null, false, false);
    }
}
