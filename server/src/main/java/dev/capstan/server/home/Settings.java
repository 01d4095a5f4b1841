package dev.capstan.server.home;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a home keeps from one start to the next, chosen at the first: the file {@code config}, lines of {@code name=value}.
 *
 * @param host host to listen on, as given
 * @param port port to listen on; 0 before the first start that took a free one
 * @param beyondLoopback whether the user agreed to a host that is not loopback
 * @param machines what new machines are made of
 * @param rateLimits how many requests a principal may send: {@code azure}, {@code none} or {@code BURST/PER_SECOND}
 * @param subscription UUID that ARM ids begin with: a home is one subscription
 */
public record Settings(
        String host, int port, boolean beyondLoopback, MachineChoice machines, String rateLimits, String subscription) {

    /** What new machines are made of. */
    public enum MachineChoice {
        /** Systems where this host lets them be made, else directories. */
        BEST,
        /** Systems of their own with a container runtime. */
        SYSTEMS,
        /** Only roots with a trust store. */
        DIRECTORIES;

        /** The choice as it is written on the command line and in the file. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The choice of this word. */
        public static Optional<MachineChoice> of(String word) {
            return Arrays.stream(values())
                    .filter(choice -> choice.word().equals(word))
                    .findFirst();
        }
    }

    static final String FILE = "config";

    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final String RATE_LIMITS = "azure";
    private static final int DEFAULT_PORT = 7443;

    /**
     * Reads what was kept, and changes it as the command line asks.
     *
     * @param listen {@code HOST:PORT}, or null to listen where it did last time. Port 0 means a free one, and after the
     *     first time that same one, since kubeconfigs and machines hold it
     * @param beyondLoopback whether the user agrees to a host that is not loopback
     * @param machines what new machines are made of, or null for what was said last time
     */
    public static Settings read(
            HomeFolder home, @Nullable String listen, boolean beyondLoopback, @Nullable MachineChoice machines)
            throws IOException, StartException {
        var kept = lines(home);
        var host = kept.getOrDefault("listen-host", DEFAULT_HOST);
        var port = number(home, kept.getOrDefault("listen-port", Integer.toString(DEFAULT_PORT)));
        var agreed = kept.containsKey("listen-beyond-loopback") || beyondLoopback;
        if (listen != null) {
            var asked = asked(listen);
            var keepsPort = asked.port() == 0 && asked.host().equals(host) && kept.containsKey("listen-port");
            agreed = beyondLoopback || (asked.host().equals(host) && agreed);
            host = asked.host();
            port = keepsPort ? port : asked.port();
        }
        var subscription = kept.getOrDefault("subscription", "");
        var choice = machines != null
                ? machines
                : MachineChoice.of(kept.getOrDefault("machines", "")).orElse(MachineChoice.BEST);
        return new Settings(
                host,
                port,
                agreed,
                choice,
                kept.getOrDefault("rate-limits", RATE_LIMITS),
                subscription.isEmpty() ? UUID.randomUUID().toString() : subscription);
    }

    /**
     * The address to listen on.
     *
     * @throws StartException if the host cannot be resolved, or others can reach it and the user has not agreed
     */
    public InetSocketAddress address() throws StartException {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new StartException("The host to listen on, " + host + ", cannot be resolved.", "Give an address.", e);
        }
        if (!address.isLoopbackAddress() && !beyondLoopback) {
            throw new StartException(
                    "Listening on " + host + " opens the API to everybody who can reach this host.",
                    "If that is what you want, add --listen-beyond-loopback; every request still needs a token.");
        }
        return new InetSocketAddress(address, port);
    }

    /** The same with the port that was taken. */
    public Settings withPort(int taken) {
        return new Settings(host, taken, beyondLoopback, machines, rateLimits, subscription);
    }

    /** The same with these rate limits; null for those of last time. */
    public Settings withRateLimits(@Nullable String asked) {
        return asked == null ? this : new Settings(host, port, beyondLoopback, machines, asked, subscription);
    }

    /** Keeps it for the next start. */
    public void write(HomeFolder home) throws IOException {
        var text =
                new StringBuilder("# Written by capstan up; '--listen', '--machines' and '--rate-limits' change it.\n");
        text.append("listen-host=").append(host).append('\n');
        text.append("listen-port=").append(port).append('\n');
        if (beyondLoopback) {
            text.append("listen-beyond-loopback=agreed\n");
        }
        if (machines != MachineChoice.BEST) {
            text.append("machines=").append(machines.word()).append('\n');
        }
        if (!rateLimits.equals(RATE_LIMITS)) {
            text.append("rate-limits=").append(rateLimits).append('\n');
        }
        text.append("subscription=").append(subscription).append('\n');
        home.write(FILE, text.toString());
    }

    private static Map<String, String> lines(HomeFolder home) throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        try {
            for (var line : home.read(FILE).lines().toList()) {
                var equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    lines.put(
                            line.substring(0, equals).strip(),
                            line.substring(equals + 1).strip());
                }
            }
        } catch (NoSuchFileException firstStart) {
            return lines;
        }
        return lines;
    }

    private static HostPort asked(String listen) throws StartException {
        try {
            return HostPort.parse(listen);
        } catch (IllegalArgumentException e) {
            throw new StartException(
                    "--listen " + listen + ": " + e.getMessage() + ".", "For example: --listen 127.0.0.1:7443", e);
        }
    }

    private static int number(HomeFolder home, String text) throws StartException {
        try {
            return HostPort.port(text);
        } catch (IllegalArgumentException e) {
            throw new StartException(
                    "listen-port in " + home.resolve(FILE) + " is no port: " + text + ".",
                    "Start with --listen HOST:PORT.",
                    e);
        }
    }
}
