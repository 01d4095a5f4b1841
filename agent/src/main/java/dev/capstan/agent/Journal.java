package dev.capstan.agent;

import java.lang.System.Logger.Level;

/** What the log says of the node from round to round: what was changed, and what is newly wrong. */
final class Journal {

    private static final System.Logger LOG = System.getLogger("dev.capstan.agent");

    /**
     * Tells what differs from the round before.
     *
     * @param healed whether what was written had been changed by somebody else
     */
    void tell(Measured before, Measured now, boolean healed, NodeSet wanted, Sources sources) {
        if (now.changed()) {
            LOG.log(
                    healed ? Level.WARNING : Level.INFO,
                    (healed
                                    ? "something else had changed the node (" + now.changes() + "); repaired: "
                                    : "the node holds ")
                            + wanted + ", loaded " + now.loaded() + ", " + Reporter.errors(sources.findings())
                            + " inputs left out");
        }
        if (now.store() != null && !now.store().equals(before.store())) {
            LOG.log(Level.ERROR, now.store().reason() + ": " + now.store().message());
        }
        if (now.runtime() != null && !now.runtime().equals(before.runtime())) {
            LOG.log(Level.WARNING, now.runtime().reason() + ": " + now.runtime().message());
        }
    }
}
