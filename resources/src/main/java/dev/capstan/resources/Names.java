package dev.capstan.resources;

/** Names that are the same wherever Capstan runs: groups, namespaces, objects, labels, conditions. */
public final class Names {

    /** API group of the custom resources. */
    public static final String GROUP = "capstan.dev";

    /** Version of the custom resources. */
    public static final String VERSION = "v1";

    /** {@code apiVersion} of the custom resources. */
    public static final String API_VERSION = GROUP + "/" + VERSION;

    /** Namespace of Capstan's own Secrets, of the agents' Leases and of their service accounts. */
    public static final String SYSTEM_NAMESPACE = "capstan-system";

    /** Namespace of the user's Secret; its UID tells one cluster from another. */
    public static final String SECRET_NAMESPACE = "kube-system";

    /** Name of the user's Secret (AKS: Custom Certificate Authority, preview form). */
    public static final String SECRET_NAME = "custom-ca-trust-secret";

    /** Node label of the pools that follow the Secret (AKS: set by {@code --enable-custom-ca-trust}). */
    public static final String TRUST_ENABLED_LABEL = "kubernetes.azure.com/custom-ca-trust-enabled";

    /** Node label with the agent pool's name, as AKS writes it. */
    public static final String POOL_LABEL = "kubernetes.azure.com/agentpool";

    /** The short form of {@link #POOL_LABEL}, as AKS writes it. */
    public static final String SHORT_POOL_LABEL = "agentpool";

    /**
     * Namespace of the Lease that says which of several controllers works: not that of the agents' Leases, each of which the
     * account that agents share may take.
     */
    public static final String CONTROLLER_LEASE_NAMESPACE = "kube-system";

    /** Name of that Lease. */
    public static final String CONTROLLER_LEASE = "capstan-controller";

    /**
     * Key of the taint that a kubelet may register its node with ({@code --register-with-taints}), so that no pod comes before
     * the node's trust does; lifted by the controller.
     */
    public static final String TRUST_PENDING_TAINT = GROUP + "/trust-pending";

    /**
     * Value of that taint where the node waits for the list too, which the control plane brings that the cluster is attached to:
     * the cluster's own controller cannot know that one is to come.
     */
    public static final String LIST_PENDING = "list";

    /**
     * Annotation of a NodeTrust: UID of the Node that a control plane which the cluster is attached to has told its list, be it
     * that there is none.
     */
    public static final String LIST_TOLD_ANNOTATION = GROUP + "/list-told";

    /** Label of everything that Capstan made. */
    public static final String MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";

    /** Value of {@link #MANAGED_BY_LABEL}. */
    public static final String MANAGED_BY = "capstan";

    /** Label of what was made for one node: the node's name. */
    public static final String NODE_LABEL = GROUP + "/node";

    /** Node label: {@value #SYSTEMD} keeps the DaemonSet's agent from the node, which has one of the systemd form. */
    public static final String AGENT_LABEL = GROUP + "/agent";

    /** The value of {@link #AGENT_LABEL} that says so. */
    public static final String SYSTEMD = "systemd";

    /** Label of what was made for one ManagedCluster: its object name. */
    public static final String CLUSTER_LABEL = GROUP + "/cluster";

    /** Finalizer of ManagedClusters and AgentPools: machines and virtual clusters go before the object does. */
    public static final String FINALIZER = GROUP + "/machines";

    /** Annotation of an Event: what it was last counted for, so that no cause counts twice. */
    public static final String CAUSE_ANNOTATION = GROUP + "/cause";

    /** Annotation of a Node: that the controller cordoned it, and not its user. */
    public static final String CORDON_ANNOTATION = GROUP + "/cordoned";

    /** Node label with the reason why a model update left the node as it was, as AKS writes it. */
    public static final String UPGRADE_STATUS_LABEL = "kubernetes.azure.com/upgrade-status";

    /** Annotation of a CertificateSet: how many certificates are in it, for printer columns. */
    public static final String COUNT_ANNOTATION = GROUP + "/count";

    /** Annotation of a CertificateSet: whose certificates are in it, for printer columns. */
    public static final String SUBJECTS_ANNOTATION = GROUP + "/subjects";

    /**
     * Annotation of the Secret: endpoints that prove a node's trust, between commas or white space. On a NodeTrust, those of a
     * control plane that the cluster is attached to.
     */
    public static final String PROBE_ANNOTATION = GROUP + "/probe";

    /**
     * Annotation of the Secret: {@value #ENABLED} asks for the guard over removals, on every node that follows it. On a NodeTrust,
     * the same for that node, from a control plane that the cluster is attached to.
     */
    public static final String REMOVAL_GUARD_ANNOTATION = GROUP + "/removal-guard";

    /** Annotation of the Secret: fingerprint of the set that goes through although endpoints break by it. */
    public static final String REMOVAL_GUARD_OVERRIDE_ANNOTATION = GROUP + "/removal-guard-override";

    /** ARM tag of a cluster or pool: as {@link #PROBE_ANNOTATION}. */
    public static final String PROBE_TAG = "capstan-probe";

    /** ARM tag of a cluster or pool: as {@link #REMOVAL_GUARD_ANNOTATION}. */
    public static final String REMOVAL_GUARD_TAG = "capstan-removal-guard";

    /** ARM tag of a cluster or pool: fingerprint of the list that goes through although endpoints break by it. */
    public static final String REMOVAL_GUARD_OVERRIDE_TAG = "capstan-removal-guard-override";

    /** ARM tag of a cluster or pool: {@code never} forbids that runtimes are restarted. */
    public static final String RUNTIME_RESTART_TAG = "capstan-runtime-restart";

    /**
     * Annotation of a NodeTrust: {@value #NEVER} forbids that the node's runtime is restarted; from a control plane that the
     * cluster is attached to.
     */
    public static final String RUNTIME_RESTARTS_ANNOTATION = GROUP + "/runtime-restarts";

    /** Value of the tag and of the annotation that forbid restarts. */
    public static final String NEVER = "never";

    /** Annotation of a NodeTrust: what became of the last permission to restart the runtime. */
    public static final String RUNTIME_RESTART_ANNOTATION = GROUP + "/runtime-restart";

    /**
     * Annotation of a NodeTrust: {@value #JOIN} lets the agent add a link to the trust store to host directories that hide the
     * set, where no file that is there has to change.
     */
    public static final String HOST_DIRECTORIES_ANNOTATION = GROUP + "/host-directories";

    /** The value of {@link #HOST_DIRECTORIES_ANNOTATION} that asks for it. */
    public static final String JOIN = "join";

    /** The Node condition that mirrors a NodeTrust's status. */
    public static final String NODE_CONDITION = "CustomCATrusted";

    /** The condition of ManagedClusters and AgentPools, and Kubernetes' own of a Node. */
    public static final String READY = "Ready";

    /** The condition of what ARM writes: Unknown while an operation runs, True after it succeeded, False otherwise. */
    public static final String PROVISIONED = "Provisioned";

    /** The value of {@link #TRUST_ENABLED_LABEL} that means yes; every other means no. */
    public static final String ENABLED = "true";

    private Names() {}
}
