package dev.capstan.certificates;

import java.lang.management.ManagementFactory;

/** This thread's own processor time, so that other work on the machine does not count. */
final class ThreadTime {

    private ThreadTime() {}

    static long nanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
