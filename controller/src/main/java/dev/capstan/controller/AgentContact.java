package dev.capstan.controller;

import java.time.Instant;

/** What is heard of a node's agent, judged by its Lease. */
sealed interface AgentContact {

    /** It never renewed its Lease. */
    record Never() implements AgentContact {}

    /**
     * It renewed its Lease in time.
     *
     * @param until when it has to renew it again
     */
    record Alive(Instant until) implements AgentContact {}

    /**
     * It did not renew its Lease in time.
     *
     * @param since when it last did
     */
    record Silent(Instant since) implements AgentContact {}
}
