package dev.capstan.truststore;

import dev.capstan.certificates.Certificate;
import dev.capstan.certificates.CertificateSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * A warm {@link TrustStore} in one JVM beside the bare input and output of the same change: the files that it replaces
 * are read, and the same bytes written beside them, brought to the disk, renamed, their folders brought to the disk;
 * links made and renamed. {@code FOLDER CERTIFICATES ROUNDS}: a folder to work in, a PEM file with at least 152
 * certificates of which the first two have one subject, how often.
 */
final class StoreBenchmark {

    private final TrustStore store;
    private final StockRoot root;
    private final Path bare;
    private final int rounds;

    private StoreBenchmark(StockRoot root, Path bare, int rounds) throws TrustStoreException {
        this.store = TrustStore.at(root.path());
        this.root = root;
        this.bare = bare;
        this.rounds = rounds;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        List<Certificate> all = Authority.read(Path.of(arguments[1])).certificates();
        int rounds = Integer.parseInt(arguments[2]);
        List<Certificate> same = all.stream()
                .filter(one -> all.stream()
                                .filter(other -> other.subject().equals(one.subject()))
                                .count()
                        > 1)
                .toList();
        List<Certificate> others = new ArrayList<>(all);
        others.removeAll(same);
        System.out.println(
                "warm, median ms         apply  bare, fsyncs in turn  together  ratio to the faster  changed");
        for (boolean keystore : new boolean[] {false, true}) {
            StockRoot root = StockRoot.make(folder.resolve(keystore ? "java" : "plain"), 1000);
            if (keystore) {
                root.withKeystore();
            }
            StoreBenchmark benchmark = new StoreBenchmark(root, folder.resolve("bare"), rounds);
            String with = keystore ? ", keystore" : "";
            CertificateSet one = CertificateSet.of(same.subList(0, 1));
            CertificateSet renewed = CertificateSet.of(same.subList(1, 2));
            benchmark.run("no change" + with, one, one);
            benchmark.run("+1" + with, CertificateSet.empty(), one);
            benchmark.run("+10" + with, CertificateSet.empty(), CertificateSet.of(others.subList(0, 10)));
            benchmark.run("+150" + with, CertificateSet.empty(), CertificateSet.of(others.subList(0, 150)));
            benchmark.run("remove" + with, one, CertificateSet.empty());
            benchmark.run("rotate" + with, one, renewed);
        }
    }

    private void run(String what, CertificateSet from, CertificateSet to) throws Exception {
        double[] took = new double[rounds];
        double[] inTurn = new double[rounds];
        double[] together = new double[rounds];
        int warm = 5;
        String changed = "";
        for (int i = -warm; i < rounds; i++) {
            store.apply(Wanted.of(from));
            Map<Path, String> before = state();
            long begun = System.nanoTime();
            store.apply(Wanted.of(to));
            double millis = (System.nanoTime() - begun) / 1e6;
            List<Path> paths = changed(before, state());
            double alone = bare(paths, false);
            double atOnce = bare(paths, true);
            if (i >= 0) {
                took[i] = millis;
                inTurn[i] = alone;
                together[i] = atOnce;
            }
            changed = words(paths);
        }
        double faster = Math.min(median(inTurn), median(together));
        System.out.printf(
                "%-22s %6.1f %21.1f %9.1f %20s  %s%n",
                what,
                median(took),
                median(inTurn),
                median(together),
                changed.startsWith("0 ") ? "-" : "%.2f".formatted(median(took) / faster),
                changed);
    }

    /** Every file and link of the root with what tells whether it was replaced. */
    private Map<Path, String> state() throws IOException {
        Map<Path, String> state = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.path())) {
            for (Path file : files.toList()) {
                if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    state.put(
                            file,
                            Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS) + " "
                                    + Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS));
                }
            }
        }
        return state;
    }

    private static List<Path> changed(Map<Path, String> before, Map<Path, String> after) {
        return after.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String words(List<Path> paths) throws IOException {
        long bytes = 0;
        int files = 0;
        for (Path path : paths) {
            if (!Files.isSymbolicLink(path)) {
                files++;
                bytes += Files.size(path);
            }
        }
        return files + " files of " + bytes / 1024 + " KiB, " + (paths.size() - files) + " links";
    }

    /** The same files and links below another folder of the same file system. */
    private double bare(List<Path> paths, boolean together) throws Exception {
        Map<Path, byte[]> contents = new TreeMap<>();
        Map<Path, Path> links = new TreeMap<>();
        for (Path path : paths) {
            Path copy = bare.resolve(root.path().relativize(path));
            Files.createDirectories(copy.getParent());
            if (Files.isSymbolicLink(path)) {
                links.put(copy, Files.readSymbolicLink(path));
            } else {
                contents.put(copy, Files.readAllBytes(path));
                if (!Files.exists(copy)) {
                    Files.write(copy, contents.get(copy));
                }
            }
        }
        long begun = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            Set<Path> folders = new LinkedHashSet<>();
            List<Path> staged = new ArrayList<>();
            for (Map.Entry<Path, byte[]> content : contents.entrySet()) {
                Files.readAllBytes(content.getKey());
                Path file = content.getKey().resolveSibling(content.getKey().getFileName() + ".staged");
                write(file, content.getValue());
                staged.add(file);
                folders.add(file.getParent());
            }
            sync(staged, together ? threads : null);
            for (Path content : contents.keySet()) {
                Files.move(
                        content.resolveSibling(content.getFileName() + ".staged"),
                        content,
                        StandardCopyOption.ATOMIC_MOVE);
            }
            for (Map.Entry<Path, Path> link : links.entrySet()) {
                Path made = link.getKey().resolveSibling(link.getKey().getFileName() + ".staged");
                Files.createSymbolicLink(made, link.getValue());
                Files.move(made, link.getKey(), StandardCopyOption.ATOMIC_MOVE);
                folders.add(made.getParent());
            }
            sync(List.copyOf(folders), together ? threads : null);
        }
        return (System.nanoTime() - begun) / 1e6;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    private static void sync(List<Path> paths, ExecutorService threads) throws Exception {
        List<Future<?>> waiting = new ArrayList<>();
        for (Path path : paths) {
            if (threads == null) {
                force(path);
            } else {
                waiting.add(threads.submit(() -> {
                    force(path);
                    return null;
                }));
            }
        }
        for (Future<?> one : waiting) {
            one.get();
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
