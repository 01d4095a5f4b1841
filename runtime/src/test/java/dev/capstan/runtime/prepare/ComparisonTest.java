package dev.capstan.runtime.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.runtime.toml.Toml;
import org.junit.jupiter.api.Test;

/** What counts as read differently. */
class ComparisonTest {

    private static final String BEFORE = """
            imports = ["/a.toml"]
            version = 2
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "pause:3"
              [plugins."io.containerd.grpc.v1.cri".registry]
                config_path = ""
                [plugins."io.containerd.grpc.v1.cri".registry.configs.r.auth]
                  password = "old"
            """;

    @Test
    void configPathAndNamesOfFilesAreMeant() throws Exception {
        String after =
                BEFORE.replace("config_path = \"\"", "config_path = \"/x\"").replace("/a.toml", "/dev/stdin");

        assertThat(Comparison.beside(Toml.parse(BEFORE), Toml.parse(after))).isEmpty();
    }

    @Test
    void everythingElseIsNamedWithoutItsValue() throws Exception {
        String after = BEFORE.replace("pause:3", "pause:4")
                        .replace("\"old\"", "\"new\"")
                        .replace("version", "root") + "[debug]\n";

        assertThat(Comparison.beside(Toml.parse(BEFORE), Toml.parse(after)))
                .containsExactly(
                        "debug",
                        "plugins.io.containerd.grpc.v1.cri.registry.configs.r.auth.password",
                        "plugins.io.containerd.grpc.v1.cri.sandbox_image",
                        "root",
                        "version");
    }

    @Test
    void configPathOfAnotherPluginIsNotMeant() throws Exception {
        assertThat(Comparison.beside(Toml.parse("[t]\nconfig_path = 1"), Toml.parse("[t]\nconfig_path = 2")))
                .containsExactly("t.config_path");
    }
}
