package dev.capstan.runtime;

/** containerd's configuration file on machines that Capstan makes. */
final class ContainerdConfiguration {

    /** {@code config_path} with exactly our one root. */
    private static final String ONE_ROOT = "\"" + RuntimeLayout.HOST_DIRECTORIES + "\"";

    private ContainerdConfiguration() {}

    /** The configuration of a machine that Capstan makes, in the format of that containerd: 2 before 2.0, 3 from then on. */
    static String forMachine(String containerdVersion) {
        boolean two = !containerdVersion.startsWith("0.") && !containerdVersion.startsWith("1.");
        return two ? """
                # Written by Capstan at this machine's birth.
                version = 3

                [plugins."io.containerd.cri.v1.runtime"]
                  restrict_oom_score_adj = true

                [plugins."io.containerd.cri.v1.images"]
                  snapshotter = "overlayfs"

                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = %s
                """.formatted(ONE_ROOT) : """
                # Written by Capstan at this machine's birth.
                version = 2

                [plugins."io.containerd.grpc.v1.cri"]
                  restrict_oom_score_adj = true

                [plugins."io.containerd.grpc.v1.cri".containerd]
                  snapshotter = "overlayfs"

                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = %s
                """.formatted(ONE_ROOT);
    }
}
