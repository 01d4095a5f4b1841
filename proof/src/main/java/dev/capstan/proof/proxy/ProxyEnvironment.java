package dev.capstan.proof.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The environment variables by which a program in Go finds its proxy. */
public final class ProxyEnvironment {

    /** Those that are read, the first of each pair before the second (golang.org/x/net/http/httpproxy, FromEnvironment). */
    private static final List<String> NAMES = List.of("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy");

    private ProxyEnvironment() {}

    /** Those of an environment that count. */
    public static Map<String, String> of(Map<String, String> environment) {
        Map<String, String> proxies = new TreeMap<>();
        for (String name : NAMES) {
            String value = environment.get(name);
            if (value != null) {
                proxies.put(name, value);
            }
        }
        return proxies;
    }

    /**
     * Those of a running process, as it was started.
     *
     * @param proc a proc file system, such as {@code /proc}
     * @throws IOException if the process has ended, or is not ours to look at
     */
    public static Map<String, String> ofProcess(Path proc, long pid) throws IOException {
        Map<String, String> all = new TreeMap<>();
        String text = new String(
                Files.readAllBytes(proc.resolve(Long.toString(pid)).resolve("environ")), StandardCharsets.ISO_8859_1);
        for (String variable : text.split("\0", -1)) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                // As getenv(3) has it, the first of two of the same name counts.
                all.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return of(all);
    }

    /** The first of these that is set to something. */
    static String first(Map<String, String> environment, String upper, String lower) {
        String value = environment.getOrDefault(upper, "");
        return value.isEmpty() ? environment.getOrDefault(lower, "") : value;
    }
}
