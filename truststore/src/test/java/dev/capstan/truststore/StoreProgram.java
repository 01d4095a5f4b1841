package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes stores in a process of its own, so that it can be killed, traced and raced. With arguments: one order, see
 * {@link #carryOut}. Without: says {@code ready THREAD}, then takes an order a line, says {@code prepared}, waits for
 * a line more, carries it out and says {@code done …} or {@code failed …}. What it does for an order lies between two
 * looks for {@link #BEGIN} and {@link #END}, which a system call trace shows.
 */
public final class StoreProgram {

    static final Path BEGIN = Path.of("/capstan-transaction-begins");
    static final Path END = Path.of("/capstan-transaction-ended");

    private StoreProgram() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0) {
            System.out.println(carryOut(String.join(" ", arguments)));
            return;
        }
        System.out.println(
                "ready " + Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName());
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            Files.exists(BEGIN.resolveSibling("warm"));
            System.out.println("prepared");
            if (orders.readLine() == null) {
                return;
            }
            String answer;
            Files.exists(BEGIN);
            try {
                answer = "done " + carryOut(order);
            } catch (TrustStoreException failed) {
                answer = "failed " + failed.getMessage();
            }
            Files.exists(END);
            System.out.println(answer.replace('\n', ' '));
        }
    }

    /**
     * {@code apply ROOT CERTIFICATES [DISTRUSTED]}: brings the store of a root to the certificates of a file, {@code -}
     * for none, without those of another. {@code hook ROOT CERTIFICATES PROGRAM}: the same, with a hook.
     * {@code reapply ROOT}, {@code uninstall ROOT}.
     */
    static String carryOut(String order) throws TrustStoreException {
        String[] words = order.split(" ", -1);
        TrustStore store = TrustStore.at(Path.of(words[1]));
        Object done = switch (words[0]) {
            case "apply" -> store.apply(Wanted.of(set(words[2]), words.length > 3 ? identities(words[3]) : List.of()));
            case "hook" -> store.hookedBy(Path.of(words[3])).apply(Wanted.of(set(words[2])));
            case "reapply" -> store.reapply();
            case "uninstall" -> store.uninstall();
            default -> throw new IllegalArgumentException(order);
        };
        return done.toString();
    }

    private static CertificateSet set(String file) {
        return file.equals("-") ? CertificateSet.empty() : Authority.read(Path.of(file));
    }

    private static List<Identity> identities(String file) {
        return set(file).certificates().stream().map(Certificate::identity).toList();
    }
}
