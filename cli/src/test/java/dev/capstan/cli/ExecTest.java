package dev.capstan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.cli.session.Exec;
import dev.capstan.cli.session.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes that become another program. */
class ExecTest {

    @Test
    void theProcessIsTheProgramWithItsArgumentsAndStreams() throws Exception {
        var process = become("/bin/sh", "-c", "read line; echo \"$$ $line $1 é\"; exit 7", "sh", "two words");
        process.getOutputStream().write("typed\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();

        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(7);
        assertThat(said.strip()).isEqualTo(process.pid() + " typed two words é");
    }

    @Test
    void noSignalIsLeftBlockedOrIgnoredAndNoFileOpen() throws Exception {
        var masks = said(become("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));
        var files = said(become("/bin/sh", "-c", "ls /proc/$$/fd; true"));

        // Whoever runs the tests may have signals ignored (a shell's background job has): a plain child shows which.
        var inherited = said(started("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));
        assertThat(masks.lines().map(ExecTest::signals))
                .containsExactlyElementsOf(
                        inherited.lines().map(ExecTest::signals).toList())
                .startsWith(0L);
        assertThat(files.lines()).containsExactly("0", "1", "2");
    }

    @Test
    void aProgramThatIsNotThereIsTold() throws Exception {
        var process = become("/nonexistent/program");

        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said).contains("Cannot run /nonexistent/program");
    }

    private static Process become(String... command) throws Exception {
        List<String> whole = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        whole.addAll(List.of(command));
        return started(whole.toArray(String[]::new));
    }

    private static Process started(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** The signals of a line of /proc/PID/status, without the two that the C library keeps for itself (signal(7)). */
    private static long signals(String line) {
        return Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16) & ~(3L << 31);
    }

    private static String said(Process process) throws Exception {
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    /** A program that becomes what its arguments say. */
    static final class Main {

        private Main() {}

        public static void main(String[] arguments) {
            try {
                System.exit(Exec.become(List.of(arguments)));
            } catch (Problem e) {
                System.out.println(e.getMessage());
                System.exit(e.exitCode());
            }
        }
    }
}
