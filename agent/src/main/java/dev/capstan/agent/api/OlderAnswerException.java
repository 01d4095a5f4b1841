package dev.capstan.agent.api;

import java.io.IOException;

/** The API server told a state that is older than one it has told before, see {@link Newest}. */
final class OlderAnswerException extends IOException {

    private static final long serialVersionUID = 1;

    OlderAnswerException(String version, Newest newest) {
        super("its answer is of resourceVersion " + version + ", older than " + newest
                + ", which it told before. A stale"
                + " server, or etcd was restored from a backup: it is believed when nothing newer is heard for "
                + Newest.LASTING_SECONDS + " s");
    }
}
