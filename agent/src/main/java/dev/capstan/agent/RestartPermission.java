package dev.capstan.agent;

import dev.capstan.agent.api.Complaints;
import dev.capstan.agent.api.Requests;
import dev.capstan.agent.api.TrustObject;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Whether the runtime may be restarted. The controller gives that to few nodes at a time and takes it back, so what a watch
 * has delivered is not enough: right before a restart the API is asked once more.
 */
final class RestartPermission implements RuntimeRestarts.Permission {

    private final Sources sources;
    private final Requests requests;
    private final Complaints complaints = new Complaints();
    private boolean unknown;

    RestartPermission(Sources sources, Requests requests) {
        this.sources = sources;
        this.requests = requests;
    }

    /** Whether it is given by what was heard last. Not while a source is unknown: the restart might be one too many. */
    boolean isHeard() {
        unknown = false;
        TrustObject trust = sources.trust();
        return trust != null && trust.spec().runtimeRestart() && sources.problem() == null;
    }

    /** Asks the API whether the NodeTrust is still what was heard of it. If it is not, the watch is about to say so. */
    @Override
    public boolean stands() {
        TrustObject trust = sources.trust();
        try {
            boolean stands = trust != null && requests.nodeTrust().asksSameAs(trust);
            complaints.over("the API can be asked again whether the runtime may be restarted");
            return stands;
        } catch (IOException away) {
            unknown = true;
            complaints.say(
                    Level.WARNING,
                    "the runtime is not restarted while the API cannot be asked whether it may: " + away.getMessage());
            return false;
        }
    }

    /** Whether the API could not be asked, so that it has to be asked again. */
    boolean isUnknown() {
        return unknown;
    }
}
