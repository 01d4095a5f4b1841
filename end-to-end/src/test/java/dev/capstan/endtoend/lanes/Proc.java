package dev.capstan.endtoend.lanes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of a process. */
final class Proc {

    private Proc() {}

    /** Its environment, one NAME=value a line. */
    static String environment(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/environ")).replace('\0', '\n');
    }

    /** Its process id and its start time in ticks since boot: together they name one process for ever (proc(5)). */
    static String identity(long pid) throws IOException {
        return pid + " started " + fields(pid)[19];
    }

    /** Processor time it has used so far, its own and the kernel's for it, in milliseconds. */
    static long processorMillis(long pid) throws IOException {
        String[] fields = fields(pid);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10;
    }

    /** Fields of stat from the third on; the second, the name, may hold spaces. */
    private static String[] fields(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }
}
