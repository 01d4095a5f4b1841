package dev.capstan.truststore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import dev.capstan.certificates.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A change of a store that is interrupted again and again: its roots, orders, and what they lead to. */
final class Scenario implements AutoCloseable {

    private final String name;
    private final Path folder;
    private final List<Certificate> old;
    private final List<Certificate> wanted;
    private final Optional<Certificate> distrusted;
    private final String order;
    private final StockRoot before;
    private final Readers readers;
    private final Passage forward;
    private final Passage back;
    private final Map<String, String> arrived = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private int copies;

    /** @param order what is said to {@link StoreProgram}, with the root for {@code %s} */
    private Scenario(
            String name, Path folder, CertificateSet old, CertificateSet wanted, boolean distrusts, String order)
            throws Exception {
        this.name = name;
        this.folder = folder;
        this.old = old.certificates();
        this.wanted = wanted.certificates();
        this.order = order;
        this.before = StockRoot.make(folder.resolve("before")).withKeystore();
        List<Certificate> stock = before.stock();
        this.distrusted = distrusts ? Optional.of(stock.get(stock.size() / 2)) : Optional.empty();
        Files.writeString(folder.resolve("old.pem"), old.pem());
        Files.writeString(folder.resolve("wanted.pem"), wanted.pem());
        Files.writeString(
                folder.resolve("distrusted.pem"),
                distrusted.map(Certificate::pem).orElse(""));
        List<Certificate> rest = new ArrayList<>(stock);
        distrusted.ifPresent(rest::remove);
        this.forward = Passage.between(stock, this.old, rest, this.wanted);
        this.back = Passage.between(rest, this.wanted, stock, this.old);
        List<Certificate> all = new ArrayList<>(stock);
        all.addAll(this.old);
        all.addAll(this.wanted);
        this.readers = Readers.of(before, all);
        StoreProgram.carryOut(orderBack(before));
        back.isOver(readers, "at the start");
    }

    private static Scenario of(String name, Path folder, CertificateSet old, CertificateSet wanted) throws Exception {
        return new Scenario(name, folder, old, wanted, false, "apply %s " + folder.resolve("wanted.pem"));
    }

    /** Every way to change a store. */
    enum Kind {
        APPLY,
        REMOVE,
        ROTATE,
        DISTRUST,
        UNINSTALL;

        Scenario in(Path folder) throws Exception {
            return switch (this) {
                case APPLY -> apply(folder);
                case REMOVE -> remove(folder);
                case ROTATE -> rotate(folder);
                case DISTRUST -> distrust(folder);
                case UNINSTALL -> uninstall(folder);
            };
        }
    }

    /** Two come, one of them with the subject of one that stays. */
    static Scenario apply(Path folder) throws Exception {
        Authority kept = Authority.make(folder, "kept", "/CN=Same");
        Authority other = Authority.make(folder, "other");
        return of(
                "apply",
                folder,
                Authority.set(kept, other),
                Authority.set(kept, other, Authority.make(folder, "new"), Authority.make(folder, "same", "/CN=Same")));
    }

    /** Two go, one of them with the subject of two that stay. */
    private static Scenario remove(Path folder) throws Exception {
        Authority kept = Authority.make(folder, "kept");
        Authority second = Authority.make(folder, "second", "/CN=Same");
        Authority third = Authority.make(folder, "third", "/CN=Same");
        return of(
                "remove",
                folder,
                Authority.set(
                        kept,
                        second,
                        third,
                        Authority.make(folder, "gone"),
                        Authority.make(folder, "first", "/CN=Same")),
                Authority.set(kept, second, third));
    }

    /** One takes the place of another with the same subject. */
    static Scenario rotate(Path folder) throws Exception {
        Authority kept = Authority.make(folder, "kept");
        return of(
                "rotate",
                folder,
                Authority.set(kept, Authority.make(folder, "passing", "/CN=Renewed")),
                Authority.set(kept, Authority.make(folder, "renewal", "/CN=Renewed")));
    }

    /** One of the distribution's own goes. */
    private static Scenario distrust(Path folder) throws Exception {
        CertificateSet kept = Authority.set(Authority.make(folder, "kept"));
        return new Scenario(
                "distrust",
                folder,
                kept,
                kept,
                true,
                "apply %s " + folder.resolve("wanted.pem") + " " + folder.resolve("distrusted.pem"));
    }

    /** All of ours goes, and what Capstan remembers. */
    private static Scenario uninstall(Path folder) throws Exception {
        return new Scenario(
                "uninstall",
                folder,
                Authority.set(Authority.make(folder, "one"), Authority.make(folder, "two")),
                CertificateSet.empty(),
                false,
                "uninstall %s");
    }

    /** A root that holds the old content. */
    StockRoot root() {
        return before.copy(folder.resolve("root-" + copies++));
    }

    String order(StockRoot root) {
        return order.replace("%s", root.path().toString());
    }

    String orderBack(StockRoot root) {
        return "apply " + root.path() + " " + folder.resolve("old.pem");
    }

    /** A part of a test whose failure does not keep the rest from being tried. */
    interface Part {
        void run() throws Exception;
    }

    void judge(Part part) throws Exception {
        try {
            part.run();
        } catch (AssertionError | TrustStoreException fault) {
            faults.add(String.valueOf(fault.getMessage()));
        }
    }

    /** Fails, with all of them, if there was a fault. */
    void isWithoutFault() {
        assertThat(faults).as("faults of " + this).isEmpty();
    }

    /**
     * The state-changing calls of an unharmed run, in their order.
     *
     * @param warm whether of a second run of the process: the first loads classes, and more
     */
    List<Strace.Point> points(Path log, boolean warm) throws Exception {
        StockRoot root = root();
        List<Strace.Point> points;
        try (StoreWriter writer = StoreWriter.start()) {
            if (warm) {
                writer.carryOut(order(root()));
            }
            writer.prepare(order(root));
            try (var _ = Strace.trace(writer, log)) {
                writer.go();
                assertThat(writer.answer()).startsWith("done ");
            }
            points = Strace.points(writer, log);
        }
        assertThat(points).as("state-changing calls of " + this).hasSizeGreaterThan(20);
        isAsWanted(root, "unharmed");
        return points;
    }

    /** As many of them as the system property says, or all; evenly spread. */
    List<Strace.Point> some(List<Strace.Point> points, String property) {
        String most = System.getProperty(property, "5");
        if (most.equals("all")) {
            return points;
        }
        int count = Math.min(Integer.parseInt(most), points.size());
        return IntStream.range(0, count)
                .mapToObj(i -> points.get((2 * i + 1) * points.size() / (2 * count)))
                .toList();
    }

    /**
     * After an interruption: in turn the change is gone on with or taken back, and before that the distribution's tool
     * runs or does not. It ends as if nothing had happened.
     */
    void goesOn(StockRoot root, int turn, String after) throws Exception {
        String when = after;
        if (turn % 2 == 1) {
            List<Identity> bundle = readers(root).bundle();
            root.tool(turn % 4 == 1 ? "" : "--fresh").succeeded();
            when += ", then the distribution's tool";
            forward.isUnderWay(readers(root), when);
            forward.nothingIsBack(bundle, readers(root).bundle(), "removed and back, " + when);
        }
        if (turn % 3 == 2) {
            when += ", then back";
            StoreProgram.carryOut(orderBack(root));
            back.isOver(readers(root), when);
            when += ", then forward";
        }
        StoreProgram.carryOut(order(root));
        isAsWanted(root, when + ", then the next run");
        root.close();
    }

    /** The change is through: for every reader, and for the distribution's tool. */
    void isAsWanted(StockRoot root, String when) throws IOException {
        forward.isOver(readers(root), when);
        isAsTheToolMakesIt(root, when);
    }

    /** A certificate that comes with the change. */
    Certificate wantedOnly() {
        return wanted.stream()
                .filter(certificate -> !old.contains(certificate))
                .findFirst()
                .orElseThrow();
    }

    Readers readers(StockRoot root) {
        return readers.at(root);
    }

    Passage forward() {
        return forward;
    }

    Passage back() {
        return back;
    }

    /**
     * Fails unless this store is, byte for byte, what the distribution's tool makes of its anchors: the tool finds
     * nothing to do and changes nothing, and a fresh start would give the same (but for the order among certificates of
     * one subject, where that of the folder counts).
     */
    void isAsTheToolMakesIt(StockRoot root, String when) throws IOException {
        Map<String, String> found = root.snapshot();
        assertThat(root.tool().succeeded())
                .as("the distribution's tool, " + when)
                .contains("0 added, 0 removed");
        assertThat(StockRoot.difference(found, root.snapshot()))
                .as("after a run of the distribution's tool, " + when)
                .isEmpty();
        assertThat(StockRoot.difference(arrived(), withoutOrder(found)))
                .as("the store, " + when)
                .isEmpty();
    }

    private Map<String, String> arrived() throws IOException {
        if (arrived.isEmpty()) {
            StockRoot root = root();
            for (Certificate certificate : old) {
                Files.delete(root.anchor(certificate));
            }
            for (Certificate certificate : wanted) {
                Files.writeString(root.anchor(certificate), certificate.pem());
            }
            if (distrusted.isPresent()) {
                root.deselect(distrusted.get());
            }
            root.tool("--fresh").succeeded();
            arrived.putAll(withoutOrder(root.snapshot()));
        }
        return arrived;
    }

    private static Map<String, String> withoutOrder(Map<String, String> store) {
        Map<String, String> entries = new TreeMap<>(store);
        entries.remove("etc/ssl/certs/java/cacerts");
        entries.replaceAll((name, content) -> name.matches("etc/ssl/certs/[0-9a-f]{8}\\.[0-9]+") ? "a link" : content);
        return entries;
    }

    @Override
    public void close() {
        for (int i = 0; i < copies; i++) {
            new StockRoot(folder.resolve("root-" + i)).close();
        }
        before.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
