package dev.capstan.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The containers that run under one containerd, told by their shims, and what became of them.
 *
 * <p>A container is its shim's child. The shim outlives containerd's restart, reaps the container when it ends and keeps
 * its exit code until containerd, back again, asks for it and deletes the container. So
 *
 * <ul>
 *   <li>a shim that is gone took its containers with it: containerd can neither see nor keep what it held, and kills what is
 *       left of it. They are <b>lost</b>. (A unit without {@code KillMode=process} does that: it kills shims.)
 *   <li>a first process that is gone while its shim runs on has <b>ended</b> by itself, and its exit is recorded: a job that
 *       was done, a program that failed. No restart of containerd's reaches it past its shim.
 *   <li>everything else was <b>kept</b>.
 * </ul>
 *
 * <p>A shim also goes when containerd deletes its pod. It cannot be asked to while it is down, so that only a pod that is torn
 * down within the look before it stops and the look after it answers counts as lost.
 */
public final class Containers {

    /** The first 15 bytes of the name of every shim's program; longer names are cut (proc(5)). */
    private static final String SHIM = "containerd-shim";

    private final Processes processes;

    public Containers(Processes processes) {
        this.processes = processes;
    }

    /**
     * What became of containers.
     *
     * @param kept how many run on, with the same process ids and start times
     * @param ended those that ended by themselves, by name
     * @param lost those whose shims are gone
     */
    public record Fate(int kept, List<String> ended, List<Shim> lost) {

        public Fate {
            ended = List.copyOf(ended);
            lost = List.copyOf(lost);
        }

        /** What was kept, and what ended by itself. */
        public String words() {
            String words = switch (kept) {
                case 0 -> ended.isEmpty() ? "no containers were there" : "no containers run on";
                case 1 -> "1 container runs on with the same process";
                default -> kept + " containers run on with the same processes";
            };
            return ended.isEmpty() ? words : words + "; ended by themselves meanwhile: " + String.join(", ", ended);
        }
    }

    /**
     * Those that run now, by name.
     *
     * @param address the socket of their containerd as it names it itself, which it gives its shims on their command line
     *     (containerd: {@code -address}, every version)
     */
    public List<Shim> running(String address) throws IOException {
        List<Processes.Seen> all = processes.all();
        List<Shim> running = new ArrayList<>();
        for (Processes.Seen process : all) {
            if (process.name().equals(SHIM) && processes.inRoot(process.pid())) {
                List<String> words =
                        List.of(processes.text(process.pid(), "cmdline").split("\0", -1));
                if (word(words, "-address").equals(address)) {
                    String name = word(words, "-namespace") + "/" + id(words, process);
                    running.add(new Shim(name, Shim.Started.of(process), held(process, all)));
                }
            }
        }
        running.sort(Comparator.comparing(Shim::name));
        return running;
    }

    private List<Shim.Started> held(Processes.Seen shim, List<Processes.Seen> all) {
        return all.stream()
                .filter(process -> process.parent() == shim.pid() && isFirstOfItsNamespace(process.pid()))
                .map(Shim.Started::of)
                .toList();
    }

    /** What became of those that ran before. */
    public Fate of(List<Shim> before) throws IOException {
        Set<Shim.Started> now = new HashSet<>();
        processes.all().forEach(process -> now.add(Shim.Started.of(process)));
        int kept = 0;
        List<String> ended = new ArrayList<>();
        List<Shim> lost = new ArrayList<>();
        for (Shim shim : before) {
            if (!now.contains(shim.process())) {
                lost.add(shim);
                continue;
            }
            int gone = 0;
            for (Shim.Started container : shim.containers()) {
                if (!now.contains(container)) {
                    gone++;
                    ended.add("process " + container.pid() + " of " + shim);
                }
            }
            kept += shim.size() - gone;
        }
        return new Fate(kept, ended, lost);
    }

    /**
     * A shim's children are the first processes of its containers, and what was put into their process namespaces later: a
     * probe or a {@code kubectl exec}, which ends when it is done.
     */
    private boolean isFirstOfItsNamespace(long pid) {
        for (String line : processes.text(pid, "status").split("\n", -1)) {
            if (line.startsWith("NSpid:")) {
                String[] pids = line.substring(6).strip().split("\\s+", -1);
                return pids.length > 1 && pids[pids.length - 1].equals("1");
            }
        }
        return false;
    }

    private static String id(List<String> words, Processes.Seen shim) {
        String id = word(words, "-id");
        return id.isEmpty() ? Long.toString(shim.pid()) : id;
    }

    private static String word(List<String> words, String option) {
        int at = words.indexOf(option);
        return at < 0 || at + 1 >= words.size() ? "" : words.get(at + 1);
    }
}
