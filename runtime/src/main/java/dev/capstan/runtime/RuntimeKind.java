package dev.capstan.runtime;

/** A container runtime that Capstan knows. */
public enum RuntimeKind {
    CONTAINERD("containerd"),
    /** Known by the layout of its host directories alone; what is said of it is unverified. */
    CRI_O("cri-o"),
    /** Known by the layout of its host directories alone; what is said of it is unverified. */
    DOCKER("docker");

    private final String word;

    RuntimeKind(String word) {
        this.word = word;
    }

    /** Its name as Kubernetes writes it before a version, such as {@code containerd}. */
    public String word() {
        return word;
    }
}
