package dev.capstan.proof;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.capstan.proof.cri.CriClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real containerd of the test's own. */
final class Containerd implements AutoCloseable {

    private final Path folder;
    private final Process process;

    private Containerd(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts it, and waits until its CRI answers.
     *
     * @param programs the folder that holds containerd
     */
    static Containerd start(Path folder, Path programs, Path roots) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "containerd needs root");
        for (var program : new String[] {"runc", "unshare", "setpriv"}) {
            Chains.program(program);
        }
        var script = folder.resolve("runtime.sh");
        try (var text = Containerd.class.getResourceAsStream("runtime.sh")) {
            Files.copy(text, script);
        }
        var builder = new ProcessBuilder("bash", script.toString(), folder.toString(), roots.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().merge("PATH", programs.toString(), (path, first) -> first + ":" + path);
        var process = builder.start();
        var containerd = new Containerd(folder, process);
        for (int i = 0; i < 6000 && process.isAlive(); i++) {
            try (var client = CriClient.open(containerd.socket())) {
                client.version(Duration.ofSeconds(5));
                return containerd;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        process.destroyForcibly();
        throw new IOException("containerd does not start: " + Files.readString(folder.resolve("log")));
    }

    Path socket() {
        return folder.resolve("containerd.sock");
    }

    Path hosts() {
        return folder.resolve("hosts");
    }

    Path hostDirectories() {
        return folder.resolve("certs.d");
    }

    /** Whether it holds any content that a pull has brought. */
    boolean hasContent() throws IOException {
        var blobs = folder.resolve("root/io.containerd.content.v1.content/blobs/sha256");
        if (!Files.isDirectory(blobs)) {
            return false;
        }
        try (var all = Files.list(blobs)) {
            return all.findAny().isPresent();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(5, java.util.concurrent.TimeUnit.MINUTES).join();
    }
}
