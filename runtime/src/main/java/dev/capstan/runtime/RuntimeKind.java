package dev.capstan.runtime;

/** A container runtime that Capstan knows. */
public enum RuntimeKind {
    CONTAINERD("containerd", "containerd", "containerd"),
    /** Known by the layout of its host directories alone; what is said of it is unverified. */
    CRI_O("cri-o", "crio", "crio"),
    /** Known by the layout of its host directories alone; what is said of it is unverified. */
    DOCKER("docker", "dockerd", "docker");

    private final String word;
    private final String program;
    private final String unit;

    RuntimeKind(String word, String program, String unit) {
        this.word = word;
        this.program = program;
        this.unit = unit;
    }

    /** Its name as Kubernetes writes it before a version, such as {@code containerd}. */
    public String word() {
        return word;
    }

    /** The name of its process. */
    String program() {
        return program;
    }

    /** The systemd unit that usually runs it. */
    String unit() {
        return unit;
    }
}
