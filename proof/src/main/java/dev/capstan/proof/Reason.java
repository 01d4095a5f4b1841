package dev.capstan.proof;

import java.util.Optional;

/**
 * Why a proof ended as it did: a stable word, the outcome it means, what happened in general words, and what to do. The
 * words of one proof, with its names and dates, are {@link ProofResult#message()}.
 */
public enum Reason {
    VERIFIED("Verified", Outcome.PROVEN, "the chain verified", ""),

    UNKNOWN_AUTHORITY(
            "UnknownAuthority",
            Outcome.REFUTED,
            "no certificate of the trust store has issued the chain",
            "Add the CA to the list or the Secret; or let the server send its intermediate certificates too."),
    HOSTNAME_MISMATCH(
            "HostnameMismatch",
            Outcome.REFUTED,
            "the certificate is for other names",
            "Ask for the server by a name that its certificate has, or give it a certificate with this name as a subject"
                    + " alternative name."),
    EXPIRED(
            "Expired",
            Outcome.REFUTED,
            "a certificate of the chain has expired",
            "Renew the certificate. If its date is in the future, the clock of the node is wrong."),
    NOT_YET_VALID(
            "NotYetValid",
            Outcome.REFUTED,
            "a certificate of the chain is not valid yet",
            "Look at the clock of the node first; then at the certificate's date."),
    NAME_CONSTRAINT(
            "NameConstraint",
            Outcome.REFUTED,
            "a CA of the chain may not issue for this name",
            "Have the certificate issued by a CA that may, or change the CA's name constraints."),
    WEAK_SIGNATURE(
            "WeakSignature",
            Outcome.REFUTED,
            "a certificate is signed with SHA-1 or MD5, which container runtimes refuse",
            "Have the certificate issued again with SHA-256."),
    WRONG_USAGE(
            "WrongUsage",
            Outcome.REFUTED,
            "a certificate of the chain is not for TLS servers",
            "Have the certificate issued with the extended key usage serverAuth."),
    NOT_A_CA(
            "NotACa",
            Outcome.REFUTED,
            "a certificate of the chain has issued another and may not",
            "Have the certificate issued by a CA whose basic constraints and key usage allow it."),
    BROKEN_CHAIN(
            "BrokenChain",
            Outcome.REFUTED,
            "the chain breaks a rule of X.509 (RFC 5280)",
            "Have the certificate that is named issued again."),
    PROXY_UNTRUSTED(
            "ProxyUntrusted",
            Outcome.REFUTED,
            "the certificate of the proxy itself did not verify",
            "Add the CA of the proxy to the list or the Secret."),
    HOST_DIRECTORY_BROKEN(
            "HostDirectoryBroken",
            Outcome.REFUTED,
            "the runtime cannot read a CA file that its host directory names",
            "Put the file back, or take its line out of hosts.toml."),

    NAME_NOT_RESOLVED(
            "NameNotResolved",
            Outcome.INCONCLUSIVE,
            "the name has no address",
            "Look at the name, and at the node's /etc/resolv.conf and /etc/hosts."),
    CONNECTION_REFUSED(
            "ConnectionRefused",
            Outcome.INCONCLUSIVE,
            "nothing listens there",
            "Look whether the server runs, and at the port."),
    UNREACHABLE(
            "Unreachable",
            Outcome.INCONCLUSIVE,
            "there is no way to the address, or the connection was cut",
            "Look at routes, firewalls and network policies."),
    TIMED_OUT(
            "TimedOut",
            Outcome.INCONCLUSIVE,
            "there was no answer in time",
            "Look at firewalls on the way, which drop without a word, and at the server's load."),
    PROXY_REFUSED(
            "ProxyRefused",
            Outcome.INCONCLUSIVE,
            "the proxy made no connection",
            "Look at the proxy's log, at its login in HTTPS_PROXY, and whether the host belongs into NO_PROXY."),
    NOT_TLS(
            "NotTls",
            Outcome.INCONCLUSIVE,
            "what answers speaks no TLS",
            "Look at the port; a registry without TLS proves nothing of trust."),
    HANDSHAKE_FAILED(
            "HandshakeFailed",
            Outcome.INCONCLUSIVE,
            "the handshake ended before the chain could be judged",
            "Look at the server's log and at the TLS versions and ciphers it offers."),
    TOO_MANY_REQUESTS(
            "TooManyRequests",
            Outcome.INCONCLUSIVE,
            "the server answered 429, too many requests",
            "Wait; ask less often."),
    SERVER_ERROR(
            "ServerError", Outcome.INCONCLUSIVE, "the server answered with an error of its own", "Look at its log."),
    RUNTIME_SILENT(
            "RuntimeSilent",
            Outcome.INCONCLUSIVE,
            "the container runtime did not answer",
            "Look whether it runs: systemctl status containerd"),
    RUNTIME_DISAGREES(
            "RuntimeDisagrees",
            Outcome.INCONCLUSIVE,
            "the runtime reached the registry, by another trust than that of the store",
            "Run capstan node doctor on the node; it names what the runtime reads."),
    STORE_UNREADABLE(
            "StoreUnreadable",
            Outcome.INCONCLUSIVE,
            "the node's bundle could not be read",
            "Run capstan truststore verify on the node."),
    OTHER("Other", Outcome.INCONCLUSIVE, "something else went wrong", "Read the message.");

    private final String word;
    private final Outcome outcome;
    private final String words;
    private final String fix;

    Reason(String word, Outcome outcome, String words, String fix) {
        this.word = word;
        this.outcome = outcome;
        this.words = words;
        this.fix = fix;
    }

    /** The word on the wire and in output, such as {@code UnknownAuthority}; stable. */
    public String word() {
        return word;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** What happened, in general, as part of a sentence. */
    public String words() {
        return words;
    }

    /** What to do, in sentences; empty where there is nothing to do. */
    public String fix() {
        return fix;
    }

    /** The reason with this word; empty for one that this version does not know. */
    public static Optional<Reason> of(String word) {
        for (Reason reason : values()) {
            if (reason.word.equals(word)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }
}
