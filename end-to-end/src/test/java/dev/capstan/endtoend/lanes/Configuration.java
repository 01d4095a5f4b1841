package dev.capstan.endtoend.lanes;

/** Texts of containerd's configuration, in both versions of its form. */
final class Configuration {

    private Configuration() {}

    /** One that names the folder of host directories and nothing else. */
    static String of(int version, String configPath) {
        return version == 3
                ? """
                version = 3
                [plugins."io.containerd.cri.v1.images".registry]
                  config_path = "%s"
                """
                        .formatted(configPath)
                : """
                version = 2
                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "%s"
                """
                        .formatted(configPath);
    }
}
