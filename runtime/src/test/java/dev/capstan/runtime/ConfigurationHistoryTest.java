package dev.capstan.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "Changed after containerd started" is right whichever way the wall clock is set meanwhile. */
class ConfigurationHistoryTest {

    private static final String FILE = "/etc/containerd/config.toml";

    @TempDir
    private Path folder;

    private FakeNode node;
    private String text;

    @BeforeEach
    void make() throws Exception {
        node = new FakeNode(folder);
        text = Files.readString(node.at(FILE));
    }

    /** Hours by which the clock is set; a negative number sets it back. */
    @ParameterizedTest
    @ValueSource(ints = {-48, -1, 1, 48})
    void onceAProcessWasSeenNoStepOfTheClockMakesOrHidesAChange(int hours) throws Exception {
        node.startsNow();
        node.isolated();
        node.runtime().show(node.one);

        node.setWallClock(Duration.ofHours(hours));
        node.clock(600);
        assertThat(change()).isNull();

        node.write(FILE, text + "# changed\n");
        assertThat(change()).isEqualTo(new ConfigurationChange(FILE, true));
        node.setWallClock(Duration.ofHours(-hours));
        assertThat(change()).isNotNull();

        node.write(FILE, text);
        assertThat(change()).as("it holds again what containerd read").isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {-48, -1, 1, 48})
    void whatWasSeenBeforeAProcessStartedItWasStartedWith(int hours) throws Exception {
        node.clock(20);
        node.runtime().show(node.one);
        node.setWallClock(Duration.ofHours(hours));
        node.isolated();
        node.clock(600);

        assertThat(change()).isNull();
        node.runtime().show(node.one);
        node.write(FILE, text + "# changed\n");
        assertThat(change()).isNotNull();
    }

    @Test
    void whatAnEarlierBootSawCountsAlthoughThisOneBeganWithAnotherClock() throws Exception {
        node.clock(90_000);
        node.runtime().show(node.one);
        String record = Files.readString(node.at(RuntimeLayout.CONFIGURATION_RECORD));
        node.write(RuntimeLayout.CONFIGURATION_RECORD, record.replace(FakeNode.BOOT, "an-earlier-boot"));
        // No battery: it begins in 1970, and is set right later.
        node.setWallClock(Duration.between(Instant.now(), Instant.EPOCH));
        node.isolated();
        node.clock(42);

        assertThat(change()).isNull();
    }

    /** Seconds for which the process has run. */
    @ParameterizedTest
    @ValueSource(ints = {2, 60})
    void clockThatWasSetBackBeforeTheFirstLookShowsInTheSocket(int age) throws Exception {
        started(Instant.now().plusMillis(500));
        // By the clock of now it started an hour ago, before the configuration was written.
        node.setWallClock(Duration.ofHours(-1));
        node.clock(41 + age);

        assertThat(change()).isNull();
        node.runtime().show(node.one);
        node.write(FILE, text + "# changed\n");
        assertThat(change()).isNotNull();
    }

    @Test
    void socketOfTheProcessBeforeSaysNothingOfOneThatHasJustStarted() throws Exception {
        node.write(RuntimeLayout.CONTAINERD_SOCKET, "");
        Files.setLastModifiedTime(
                node.at(RuntimeLayout.CONTAINERD_SOCKET),
                FileTime.from(Instant.now().minusSeconds(3600)));
        node.startsNow();
        node.isolated();

        assertThat(change()).isNull();
    }

    @Test
    void clockThatWasSetForwardBeforeTheFirstLookHidesNoChange() throws Exception {
        started(Instant.now().minusSeconds(60));
        // By the clock of now it started in an hour, after the configuration was written.
        node.setWallClock(Duration.ofHours(1));
        node.clock(41 + 60);

        assertThat(change()).isEqualTo(new ConfigurationChange(FILE, true));
        node.runtime().show(node.one);
        node.setWallClock(Duration.ZERO);
        node.clock(42);
        assertThat(change()).as("what was found is kept").isNotNull();
    }

    @Test
    void restartReadsWhatIsThereAndEndsTheDoubt() throws Exception {
        node.startsNow();
        node.isolated();
        node.runtime().show(node.one);
        node.write(FILE, text + "# changed\n");
        node.clock(50);
        node.runtime().show(node.one);
        assertThat(change()).isNotNull();

        node.containerd(41, Map.of()).ends();
        node.containerd(51, IsolatedLane.ENVIRONMENT);
        node.setWallClock(Duration.ofHours(-3));
        node.clock(60);
        assertThat(change()).isNull();
    }

    @Test
    void aFileThatComesOrGoesIsAChange() throws Exception {
        node.write(FILE, "imports = ['/etc/containerd/conf.d/*.toml']\n" + text);
        node.write("/etc/containerd/conf.d/a.toml", "version = 2\n");
        node.startsNow();
        node.isolated();
        node.runtime().show(node.one);

        node.write("/etc/containerd/conf.d/b.toml", "version = 2\n");
        assertThat(change()).isEqualTo(new ConfigurationChange("/etc/containerd/conf.d/b.toml", true));
        Files.delete(node.at("/etc/containerd/conf.d/b.toml"));
        assertThat(change()).isNull();
        Files.delete(node.at("/etc/containerd/conf.d/a.toml"));
        assertThat(change()).isEqualTo(new ConfigurationChange("/etc/containerd/conf.d/a.toml", true));
    }

    @Test
    void recordIsWrittenOnceForAProcessAndADamagedOneIsNone() throws Exception {
        node.startsNow();
        node.isolated();
        node.runtime().show(node.one);
        Path record = node.at(RuntimeLayout.CONFIGURATION_RECORD);
        assertThat(record).content().contains("seen " + FakeNode.BOOT + " 41", "started " + FakeNode.BOOT + " 41");
        Object before = Files.getAttribute(record, "unix:ctime");
        node.clock(50);
        node.runtime().show(node.two);
        assertThat(Files.getAttribute(record, "unix:ctime")).isEqualTo(before);

        Files.writeString(record, "seen\nstarted x y\n\0");
        node.clock(41);
        assertThat(change()).isNull();
    }

    /** A containerd that runs for a minute and made its socket then. */
    private void started(Instant madeItsSocket) throws IOException {
        node.write(RuntimeLayout.CONTAINERD_SOCKET, "");
        Files.setLastModifiedTime(node.at(RuntimeLayout.CONTAINERD_SOCKET), FileTime.from(madeItsSocket));
        node.isolated();
    }

    private @Nullable ConfigurationChange change() throws ContainerRuntimeException {
        return node.runtime().configurationChange().orElse(null);
    }
}
