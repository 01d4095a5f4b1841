package dev.capstan.cli.doctor;

/** What can be the matter: a stable word, and what to do unless the case knows better. */
enum Cause {
    NAME_NOT_RESOLVED("NameNotResolved", "Look at the name, and at the node's /etc/resolv.conf and /etc/hosts."),
    PROXY_UNREACHABLE(
            "ProxyUnreachable",
            "Look at the proxy; where it shall not be taken, add the host to NO_PROXY of the runtime's service and restart"
                    + " that."),
    CONNECTION_REFUSED("ConnectionRefused", "Look whether the server runs, and at the port."),
    UNREACHABLE("Unreachable", "Look at routes, firewalls and network policies between the node and the server."),
    TIMED_OUT("TimedOut", "Look for a firewall that drops without a word, and at the server's load."),
    NOT_TLS("NotTls", "Look at the port. A registry without TLS is reached only by a host directory that says http."),
    HANDSHAKE_FAILED("HandshakeFailed", "Look at the server's log and at the TLS versions and ciphers it offers."),
    SERVER_IN_TROUBLE("ServerInTrouble", "Look at the server's log; trust is not the matter."),

    CLOCK_WRONG("ClockWrong", "Set the node's clock and look why it is not kept: timedatectl, chronyc tracking."),
    EXPIRED("Expired", "Renew the certificate that is named; no change on the node helps."),
    NOT_YET_VALID("NotYetValid", "Wait until it is valid, or have it issued with an earlier date."),
    HOSTNAME_MISMATCH(
            "HostnameMismatch",
            "Ask for the server by a name that is in its certificate, or have that name added. If the certificate is somebody"
                    + " else's, the name leads to the wrong server."),
    CERTIFICATE_REFUSED("CertificateRefused", "Have the certificate that is named issued again."),

    CLUSTER_FEATURE(
            "FeatureNotRegistered",
            "capstan feature register --namespace Microsoft.ContainerService --name CustomCATrustPreview"),
    POOL_NOT_ENABLED("PoolNotEnabled", "capstan aks nodepool update --enable-custom-ca-trust, with the pool's name."),
    SECRET_ELSEWHERE(
            "SecretElsewhere", "Only the Secret custom-ca-trust-secret in kube-system is read: create it there."),
    ENTRY_REFUSED("EntryRefused", "Mend the entry as its finding says, and apply it again."),
    WITHHELD("Withheld", "The removal guard holds it back: see capstan node trust, and override it if that is meant."),
    DISTRUSTED(
            "Distrusted",
            "It stands in NodeTrust.spec.distrusted of this node: take it out there if it shall be trusted."),
    AGENT_SILENT("AgentSilent", "Look whether the agent runs on the node, and at its log."),
    API_AWAY("ApiAway", "Do what the words say; until then the node keeps the set it has."),
    STORE_FAILED("StoreFailed", "Mend what the message names; the agent tries again by itself."),
    UNDER_WAY("UnderWay", "Wait some seconds and run this again."),
    CA_MISSING("CaMissing", "Add the CA that is named to the Secret or to the list."),
    CA_REKEYED(
            "CaRekeyed",
            "The CA was made anew under its old name: add its new certificate, and keep the old one until nothing of it is in"
                    + " use."),
    INTERMEDIATE_NOT_SENT(
            "IntermediateNotSent",
            "Let the server send its intermediate certificates after its own. Where that cannot be changed, add the"
                    + " intermediate to the Secret or the list."),
    PROXY_INSPECTS(
            "ProxyInspects",
            "Add the CA of the proxy to the Secret or the list, or the host to NO_PROXY of the runtime's service."),
    PROXY_CA_MISSING("ProxyCaMissing", "Add the CA that issued the proxy's own certificate to the Secret or the list."),
    TOOL_NOT_RUN("ToolNotRun", "Run the distribution's tool: update-ca-certificates, or update-ca-trust."),
    BUNDLE_DAMAGED(
            "BundleDamaged", "Run capstan truststore apply, which mends what is ours and makes the outputs agree."),

    RUNTIME_NOT_RUNNING("RuntimeNotRunning", "See why: systemctl status containerd"),
    RUNTIME_SILENT("RuntimeSilent", "See why: systemctl status containerd"),
    HOST_DIRECTORY_HIDES(
            "HostDirectoryHides", "Add the line that is named to its hosts.toml; it counts at the next pull."),
    HOST_DIRECTORY_BROKEN("HostDirectoryBroken", "Put the file back, or take its line out of hosts.toml."),
    RUNTIME_STALE("RuntimeStale", "systemctl restart containerd; running containers are kept."),
    LANE_OBSTACLE("LaneObstacle", "Do what is named."),
    OTHER_SERVER_UNTRUSTED(
            "OtherServerUntrusted", "Run capstan node doctor for that server; its CA is to be trusted too."),
    RUNTIME_GOES_ANOTHER_WAY(
            "RuntimeGoesAnotherWay",
            "Compare the runtime's environment and host directory with this process's way: proxy, mirror, name servers."),
    STALE_TRUST("StaleTrust", "systemctl restart containerd, so that it trusts no more than the store."),
    OWN_TRUST_OF_HOST_DIRECTORY(
            "OwnTrustOfHostDirectory",
            "Pulls of this registry work; other programs of the node need the CA in the store."),

    HASH_LINK_MISSING(
            "HashLinkMissing", "Run capstan truststore apply; the runtime does not read it, OpenSSL's programs do."),
    KEYSTORE_STALE("KeystoreStale", "Run capstan truststore apply; the runtime does not read it, Java's programs do.");

    private final String word;
    private final String fix;

    Cause(String word, String fix) {
        this.word = word;
        this.fix = fix;
    }

    /** The word in output; stable. */
    String word() {
        return word;
    }

    String fix() {
        return fix;
    }
}
