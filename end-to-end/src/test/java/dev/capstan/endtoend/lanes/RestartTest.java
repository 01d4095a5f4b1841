package dev.capstan.endtoend.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.endtoend.Await;
import dev.capstan.endtoend.Program;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a restart of containerd is to a container that runs: nothing. And what it is to trust where no lane avoids it: the
 * only thing that helps, on that node alone.
 */
@ParameterizedClass(name = "containerd of {0}")
@EnumSource(ContainerdBuild.class)
final class RestartTest {

    @RegisterExtension
    private static final Lab LAB = new Lab();

    private final TlsRegistry ours = LAB.registry(LAB.ours(), "ours");
    private final TlsRegistry distribution = LAB.registry(LAB.distribution(), "distribution");
    private final Node node;

    RestartTest(ContainerdBuild build) {
        node = LAB.node(build);
    }

    @Test
    void installedAndRemovedByRestartsOnOneNodeOnly() {
        Node other = LAB.node(node.build(), "other");
        for (Node each : List.of(node, other)) {
            each.configure();
            assertThat(each.containerd(Roots.STOCK).verdict(ours.image())).isEqualTo("FAIL");
        }

        node.trust(LAB.ours());
        assertThat(curl()).as("a new process trusts the registry at once").isTrue();
        assertThat(pullAgain(node)).isEqualTo("FAIL");

        assertThat(node.containerd(Roots.STOCK).verdict(ours.image())).isEqualTo("OK");
        assertThat(other.containerd(Roots.STOCK).verdict(ours.image())).isEqualTo("FAIL");

        node.trust();
        assertThat(curl()).isFalse();
        assertThat(pullAgain(node)).as("stale trust").isEqualTo("OK");
        assertThat(node.containerd(Roots.STOCK).verdict(ours.image())).isEqualTo("FAIL");
    }

    @ParameterizedTest(name = "{0} restarts by SIG{1}: the container keeps pid and start time")
    @CsvSource({"10, TERM", "1, KILL"})
    void containerLives(int times, String signal) throws Exception {
        node.configure();
        Containerd containerd = node.containerd(Roots.STOCK);
        RunningContainer container = RunningContainer.start(node, containerd, distribution);
        String before = Proc.identity(container.pid());

        for (int restart = 0; restart < times; restart++) {
            Program.clean()
                    .run("kill", "-" + signal, Long.toString(containerd.pid()))
                    .orFail();
            Containerd ended = containerd;
            Await.until("containerd has ended", () -> !ended.isAlive());
            containerd = node.containerd(Roots.STOCK);
        }

        assertThat(Proc.identity(container.pid())).isEqualTo(before);
        container.answers();
    }

    private String pullAgain(Node each) {
        return each.running().verdict(ours.image());
    }

    private boolean curl() {
        return node.run("curl", "-fsS", "-o", "/dev/null", "https://" + ours.address() + "/v2/")
                .held();
    }
}
