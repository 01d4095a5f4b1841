package dev.capstan.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The search of {@link InsideAMachineTest} can fail: with masking left out it finds what a machine must not see. */
final class MaskingSabotageTest {

    /** Not below /tmp, where a machine has a file system of its own and masking is not what hides. */
    @TempDir(factory = BelowVarTmp.class)
    private static Path folder;

    @Test
    void searchFindsTheAdministratorsTokenWhereMaskingIsLeftOut() throws Exception {
        Requirements.machines();
        Sabotage broken =
                Sabotage.copyTo(folder.resolve("capstan")).emptyMethod("dev.capstan.providerlocal.Masks", "add");
        try (CapstanHome home = CapstanHome.up(folder.resolve("home"), broken.distribution())) {
            String node = Cluster.create(home, "unmasked", 1).nodes().getFirst();

            Program.Output found = SecretSearch.from(folder, home, node, SecretSearch.secrets(home));

            assertThat(found.text())
                    .contains(home.folder().resolve("admin.token").toString());
        }
    }

    static final class BelowVarTmp implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("/var/tmp"), "capstan");
        }
    }
}
