package dev.capstan.endtoend;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The main job on the embedded API. */
final class SecretOnEmbeddedApiTest extends SecretBecomesTrust {

    @TempDir
    private static Path folder;

    private static CapstanHome home;
    private static Cluster cluster;

    @BeforeAll
    static void up() {
        Requirements.machines();
        home = CapstanHome.up(folder.resolve("home"), Repository.DISTRIBUTION);
        cluster = Cluster.create(home, "main", 2);
    }

    @AfterAll
    static void down() {
        home.close();
    }

    @Override
    Cluster cluster() {
        return cluster;
    }
}
