package dev.capstan.providerlocal;

import dev.capstan.machines.Credential;
import dev.capstan.machines.MachineException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One boot of a machine, seen from the host: starts {@code boot.sh} and speaks with it through its standard input and
 * output.
 *
 * <pre>
 *   machine → pid N       its first process, which does nothing yet
 *   host      records N on disk
 *   host    → go, TOKEN
 *   machine → rooted      its root is built, nothing of it has run
 *   host      prepares the lane (first boot only)
 *   host    → NAME=value … on
 *   machine → ready       containerd answers, the agent is started
 * </pre>
 *
 * <p>If this process dies before "on", the machine's input ends and the machine with it; after "on" it boots on alone.
 * The token goes through the pipe only: it is on no command line, in no environment and in no file but the machine's.
 */
final class Boot {

    /** Long, for a busy host: a Java start and a containerd start lie in it. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final ScheduledExecutorService ALARMS = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("machine-boot-alarm").factory());

    /** Records a machine's first process. */
    @FunctionalInterface
    interface Recorder {
        void record(HostProcess process) throws IOException;
    }

    /** Prepares the lane in a machine's root; says what containerd must be started with. */
    @FunctionalInterface
    interface Preparation {
        Map<String, String> prepare(Path root) throws IOException, MachineException;
    }

    private final Path machine;

    Boot(Path machine) {
        this.machine = machine;
    }

    /**
     * Boots the machine.
     *
     * @return its first process, once its agent has been started
     */
    HostProcess start(Credential credential, Recorder recorder, Preparation preparation)
            throws IOException, MachineException {
        Path errors = errors();
        Process launcher = Programs.prepare(
                        List.of("bash", machine.resolve("boot/boot.sh").toString(), "host", machine.toString()))
                .redirectError(errors.toFile())
                .start();
        var alarm = ALARMS.schedule(() -> kill(launcher), PATIENCE.toSeconds(), TimeUnit.SECONDS);
        boolean booted = false;
        try (Writer in = launcher.outputWriter(StandardCharsets.UTF_8);
                BufferedReader out = launcher.inputReader(StandardCharsets.UTF_8)) {
            String pid = expect(out, "pid ");
            HostProcess first =
                    HostProcess.find(Long.parseLong(pid)).orElseThrow(() -> failed("its first process died at once"));
            recorder.record(first);
            say(in, "go", credential.token());
            expect(out, "rooted");
            for (Map.Entry<String, String> variable :
                    preparation.prepare(first.root()).entrySet()) {
                say(in, variable.getKey() + "=" + variable.getValue());
            }
            say(in, "on");
            expect(out, "ready");
            booted = true;
            return first;
        } finally {
            alarm.cancel(false);
            if (booted) {
                launcher.destroyForcibly(); // it only waits for the first process, which goes on
            } else {
                kill(launcher);
            }
        }
    }

    /** What a boot prints. Not in the folder {@code log}: root inside writes there, and a link of its would lead us. */
    private Path errors() {
        return machine.resolve("boot.log");
    }

    /** Ends the launcher and its child, the machine's first process. */
    private static void kill(Process launcher) {
        launcher.descendants().forEach(ProcessHandle::destroyForcibly);
        launcher.destroyForcibly();
    }

    private static void say(Writer in, String... lines) throws IOException {
        for (String line : lines) {
            in.write(line + "\n");
        }
        in.flush();
    }

    private String expect(BufferedReader out, String word) throws IOException, MachineException {
        String line = out.readLine();
        if (line == null) {
            throw failed("it ended, or took more than " + PATIENCE.toSeconds() + " s, before it said \"" + word.strip()
                    + "\"");
        }
        if (line.startsWith("failed ")) {
            throw failed(line.substring("failed ".length()));
        }
        if (!line.startsWith(word)) {
            throw failed("it said \"" + line + "\" where \"" + word.strip() + "\" was expected");
        }
        return line.substring(word.length());
    }

    private MachineException failed(String why) {
        var message = new StringBuilder(
                "machine %s did not boot: %s. Logs: %s".formatted(machine.getFileName(), why, machine.resolve("log")));
        Path errors = errors();
        try {
            String text = Files.readString(errors).strip();
            if (!text.isEmpty()) {
                message.append(". It printed: ").append(text);
            }
        } catch (IOException e) {
            message.append(" (boot.log cannot be read: ").append(e.getMessage()).append(')');
        }
        return new MachineException(message.toString());
    }
}
