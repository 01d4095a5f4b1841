package dev.capstan.endtoend.lanes;

/** Texts of containerd's configuration, in both versions of its form. */
final class Configuration {

    /** What Debian's package puts there (bookworm, trixie and sid alike): nothing of the registry. */
    static final String DEBIAN = """
            version = 2

            [plugins]
              [plugins."io.containerd.grpc.v1.cri"]
                [plugins."io.containerd.grpc.v1.cri".cni]
                  bin_dir = "/usr/lib/cni"
                  conf_dir = "/etc/cni/net.d"
              [plugins."io.containerd.internal.v1.opt"]
                path = "/var/lib/containerd"
            """;

    private Configuration() {}

    /** One that names the folder of host directories and nothing else. */
    static String of(int version, String configPath) {
        return version == 3 ? """
                version = 3
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = "%s"
                """.formatted(configPath) : """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "%s"
                """.formatted(configPath);
    }

    /** The same for containerd 2.1 with pulls by the CRI service itself, not by the transfer service. */
    static String localPull(String configPath) {
        return """
                version = 3
                [plugins."io.containerd.cri.v1.images"]
                  use_local_image_pull = true
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = "%s"
                """.formatted(configPath);
    }

    /** The same as {@link #of}, with an image of this registry for the sandboxes of pods, and CNI as it comes. */
    static String withSandbox(int version, String tag, TlsRegistry registry) {
        String image = registry.address() + "/lab/app:" + tag;
        return of(version, Node.HOST_DIRECTORIES)
                + (version == 3
                        ? "[plugins.\"io.containerd.cri.v1.images\".pinned_images]\n  sandbox = \"" + image + "\"\n"
                        : "[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"" + image + "\"\n");
    }
}
